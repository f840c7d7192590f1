/** Kubernetes' format library: named formats whose `validate` gives an optional list of what is wrong. */
import { Optional, type Environment } from '@marcbachmann/cel-js'
import { formatProblem } from '../../schema-formats.ts'
import { isDate, isUri, isUuid } from '../../text-formats.ts'
import {
  dns1035LabelProblem,
  dnsLabelProblem,
  dnsSubdomainProblem,
  labelValueProblem,
  qualifiedNameProblem,
  type SyntaxCheck,
} from '../../meta/name-syntax.ts'

/** A prefix of a generated name may end with a dash. */
const prefixOf =
  (check: SyntaxCheck): SyntaxCheck =>
  (text) =>
    check(text.endsWith('-') ? `${text.slice(0, -1)}a` : text)

const matching =
  (fits: (text: string) => boolean, problem: string): SyntaxCheck =>
  (text) =>
    fits(text) ? undefined : problem

const FORMATS: Readonly<Record<string, SyntaxCheck>> = {
  dns1123Label: dnsLabelProblem,
  dns1123Subdomain: dnsSubdomainProblem,
  dns1035Label: dns1035LabelProblem,
  qualifiedName: qualifiedNameProblem,
  dns1123LabelPrefix: prefixOf(dnsLabelProblem),
  dns1123SubdomainPrefix: prefixOf(dnsSubdomainProblem),
  dns1035LabelPrefix: prefixOf(dns1035LabelProblem),
  labelValue: labelValueProblem,
  uri: matching(isUri, 'invalid URI'),
  uuid: matching(isUuid, 'does not match the UUID format'),
  byte: (text) => formatProblem('byte', text),
  date: matching(isDate, 'invalid date'),
  datetime: (text) => formatProblem('date-time', text),
}

class FormatNamespace {}

/** A value of the CEL type `kubernetes.NamedFormat`. */
class NamedFormat {
  readonly check: SyntaxCheck

  constructor(check: SyntaxCheck) {
    this.check = check
  }
}

const TYPE = 'kubernetes.NamedFormat'

const problems = ({ check }: NamedFormat, text: string): Optional => {
  const problem = check(text)
  return problem === undefined ? Optional.none() : Optional.of([problem])
}

export const registerFormats = (environment: Environment): void => {
  environment
    .registerType(TYPE, { ctor: NamedFormat, fields: {} })
    .registerType('FormatNamespace', { ctor: FormatNamespace, fields: {} })
    .registerConstant('format', 'FormatNamespace', new FormatNamespace())
    .registerFunction(
      `FormatNamespace.named(string): optional<${TYPE}>`,
      (_: FormatNamespace, name: string) => {
        const check = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
        return check === undefined ? Optional.none() : Optional.of(new NamedFormat(check))
      },
    )
    .registerFunction(`${TYPE}.validate(string): optional<list<string>>`, problems)
  for (const [name, check] of Object.entries(FORMATS)) {
    environment.registerFunction(`FormatNamespace.${name}(): ${TYPE}`, () => new NamedFormat(check))
  }
}
