/** ConfigMap (core/v1): configuration data for pods, as text or as base64 (`binaryData`). */
import type { KubeObject } from '../kube-object.ts'

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}
