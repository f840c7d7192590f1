/** Scalars as kubectl reads them: YAML 1.2's, with 1.1's octal numbers (`defaultMode: 0644`) and booleans (`yes`, `on`). */
import type { ScalarTag, Tags } from 'yaml'

const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
}

const yesOrNo: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:[yY]|[yY]es|YES|[oO]n|ON|[nN]|[nN]o|NO|[oO]ff|OFF)$/,
  resolve: (text) => /^(?:y|yes|on)$/i.test(text),
}

export const kubernetesTags = (tags: Tags): Tags => [octal, yesOrNo, ...tags]
