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

/** Go's numbers beyond YAML 1.2's: binary ones, a sign before a base, `_` between digits. */
const goNumber: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^(?:[-+]?0b[01_]+|[-+]0[xo][0-9a-fA-F_]+|[-+]?(?=\.?\d)[\dxoa-fA-F.]*_[\d_xoa-fA-F.]*)$/,
  resolve: (text) => {
    const bare = text.replaceAll('_', '')
    const [, sign = '', number = ''] = /^(?<sign>[-+]?)(?<number>.*)$/.exec(bare) ?? []
    const octal = /^0[0-7]+$/.test(number) ? `0o${number.slice(1)}` : number
    const value = Number(octal)
    if (number === '' || Number.isNaN(value)) return text
    return sign === '-' ? -value : value
  },
}

/** Bytes are text in JSON. */
const binary: ScalarTag = {
  identify: () => false,
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text, onError) => {
    const bare = text.replaceAll(/\s/g, '')
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(bare)) {
      onError('!!binary value contains invalid base64 data')
      return text
    }
    return new TextDecoder().decode(Uint8Array.from(atob(bare), (character) => character.charCodeAt(0)))
  },
}

/** Dates are text in JSON. */
const timestamp: ScalarTag = {
  identify: () => false,
  tag: 'tag:yaml.org,2002:timestamp',
  resolve: (text) => text,
}

/** A number too large for one is text to kubectl. */
const tooLarge: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^[-+]?\d+(?:\.\d*)?[eE][-+]?\d{3,}$/,
  resolve: (text) => (Number.isFinite(Number(text)) ? Number(text) : text),
}

export const kubernetesTags = (tags: Tags): Tags => [
  octal,
  yesOrNo,
  goNumber,
  tooLarge,
  binary,
  timestamp,
  ...tags,
]
