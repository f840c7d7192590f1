/** Kubernetes' defaults of a volume (pkg/apis/core/v1/defaults.go). */
import { fill, mapField } from '../fill-defaults.ts'
import type { DownwardApiFile, Volume, VolumeProjection } from './volume.ts'

/** 0644. */
const DEFAULT_MODE = 0o644

const withFieldRef = (file: DownwardApiFile): DownwardApiFile =>
  mapField(file, 'fieldRef', (field) => fill(field, { apiVersion: 'v1' }))

const withProjection = (projection: VolumeProjection): VolumeProjection => {
  const token = mapField(projection, 'serviceAccountToken', (source) =>
    fill(source, { expirationSeconds: 3600 }),
  )
  return mapField(token, 'downwardAPI', (source) =>
    mapField(source, 'items', (items) => items.map(withFieldRef)),
  )
}

/** A volume that names no source is an emptyDir. */
export const withVolumeDefaults = (volume: Volume): Volume => {
  if (Object.keys(volume).length <= 1) return { ...volume, emptyDir: {} }
  const secret = mapField(volume, 'secret', (source) => fill(source, { defaultMode: DEFAULT_MODE }))
  const configMap = mapField(secret, 'configMap', (source) => fill(source, { defaultMode: DEFAULT_MODE }))
  const downward = mapField(configMap, 'downwardAPI', (source) =>
    mapField(fill(source, { defaultMode: DEFAULT_MODE }), 'items', (items) => items.map(withFieldRef)),
  )
  const hostPath = mapField(downward, 'hostPath', (source) => fill(source, { type: '' }))
  return mapField(hostPath, 'projected', (source) =>
    mapField(fill(source, { defaultMode: DEFAULT_MODE }), 'sources', (sources) =>
      sources.map(withProjection),
    ),
  )
}
