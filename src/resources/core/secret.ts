/** Secret (core/v1): `data` in base64; `stringData` is write-only and merged into it. */
import type { KubeObject } from '../kube-object.ts'

export interface Secret extends KubeObject {
  readonly type?: string
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}
