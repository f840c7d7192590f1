/** Access modes of volumes and claims: their short names, and what may not be. */
import { forbidden, notSupported } from '../field-error.ts'
import { child } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { AccessMode } from './persistent-volume-claim.ts'

const SHORT: Readonly<Record<AccessMode, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

const ALL: readonly AccessMode[] = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']

/** e.g. `RWO,ROX`, as kubectl prints them. */
export const accessModesText = (modes: readonly AccessMode[] | undefined): string =>
  ALL.filter((mode) => modes?.includes(mode) === true)
    .map((mode) => SHORT[mode])
    .join(',')

export const validateAccessModes = (
  path: string,
  modes: readonly AccessMode[] | undefined,
): readonly FieldError[] => {
  const at = child(path, 'accessModes')
  const known = (modes ?? []).filter((mode) => ALL.includes(mode))
  return [
    ...(modes ?? [])
      .filter((mode) => !ALL.includes(mode))
      .map((mode) => notSupported(at, mode, [...ALL].sort())),
    ...(known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
      ? [forbidden(at, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ]
}
