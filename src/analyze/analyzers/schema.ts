/** Objects that Istio or Kubernetes refuses, or takes with a warning, each looked at alone. */
import { wholeOf } from '../../mesh/translate/json-reader.ts'
import { withoutNulls } from '../../primitives/without-nulls.ts'
import { allKinds } from '../../resources/all-kinds.ts'
import { formatFieldError } from '../../resources/field-error.ts'
import type { FieldError, Kind } from '../../resources/kind.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { validateMetadata } from '../../resources/meta/validate-metadata.ts'
import { schemaLibrary } from '../../resources/schema-library.ts'
import { findUnknownFields } from '../../resources/unknown-fields.ts'
import { validateAgainstSchema } from '../../resources/validate-schema.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import type { AnalysisObject } from '../object-set.ts'
import { renamedField } from '../renamed-fields.ts'

const partsOf = (apiVersion: string): readonly [group: string, version: string] => {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

const isIstioGroup = (group: string): boolean => group.endsWith('.istio.io')

/** Names and labels are Kubernetes' business, of Istio's kinds too. `isTyped`: the schema accepted the object. */
const isKubernetes = (object: KubeObject, { field, message }: FieldError, isTyped: boolean): boolean =>
  field.startsWith('metadata') &&
  (!isTyped || validateMetadata(object).some((error) => error.field === field && error.message === message))

/** As the cluster will have it: rules such as those of `exportTo` look at the namespace. */
const inNamespace = (object: KubeObject, { namespace }: AnalysisObject, kind: Kind): KubeObject =>
  kind.namespaced && object.metadata.namespace === undefined
    ? { ...object, metadata: { ...object.metadata, namespace } }
    : object

/** Istio cannot even read an object with such an error, and its analyzers never see it: the API server's word alone. */
const UNREADABLE: ReadonlySet<FieldError['reason']> = new Set([
  'FieldValueTypeInvalid',
  'FieldValueNotSupported',
])

/** Semantic checks only run on objects whose types the schema accepts: they trust them. */
const analyzeObject = (subject: AnalysisObject, kind: Kind, version: string): readonly Finding[] => {
  const code = isIstioGroup(kind.group) ? 'IST0106' : 'WFT0002'
  const schema = kind.schema(version)
  const object = inNamespace(withoutNulls(wholeOf(subject.object)) as unknown as KubeObject, subject, kind)
  const unknownFields = findUnknownFields(schema, schemaLibrary, wholeOf(subject.object))
  const unknown = unknownFields.map(({ path, explanation, suggestion }) => {
    const fix =
      renamedField(path) ??
      (suggestion === undefined ? undefined : `write ${suggestion.split('.').at(-1) ?? suggestion}`)
    // Istio itself passes over fields that it does not know: this is our own word, not one of its codes.
    return finding('WFT0002', subject, [explanation], {
      field: path,
      ...(fix === undefined ? {} : { fix }),
    })
  })
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  const problems = errors.length > 0 ? errors : kind.validate(kind.applyDefaults(object))
  const isTyped = errors.length === 0
  const isUnreadable = ({ reason }: FieldError): boolean => !isTyped && UNREADABLE.has(reason)
  const isKubernetesWord = (error: FieldError): boolean =>
    isUnreadable(error) || isKubernetes(object, error, isTyped)
  // A required field that was misspelled is one mistake, said once.
  const isMisspelled = ({ reason, field }: FieldError): boolean =>
    reason === 'FieldValueRequired' && unknownFields.some(({ suggestion }) => suggestion === field)
  return [
    ...unknown,
    ...problems
      // The status in a manifest is dropped on creation, whatever it says.
      .filter((error) => !isMisspelled(error) && !(isTyped && /^status\b/.test(error.field)))
      .map((error) =>
        finding(isKubernetesWord(error) ? 'WFT0002' : code, subject, [formatFieldError(error)], {
          field: error.field,
          ...(isUnreadable(error) ? { isUnreadable: true } : {}),
        }),
      ),
    ...(isTyped ? (kind.advice?.(object) ?? []) : []).flatMap(({ field, message, code: own }) =>
      own === undefined ? [finding('IST0133', subject, [message], { field })] : [],
    ),
  ]
}

const analyzeVersion = (subject: AnalysisObject, kind: Kind | undefined): readonly Finding[] => {
  const [group, version] = partsOf(subject.object.apiVersion)
  if (kind === undefined) return []
  if (kind.versions.includes(version)) return analyzeObject(subject, kind, version)
  const known = kind.versions.map((one) => (group === '' ? one : `${group}/${one}`)).join(', ')
  const code = isIstioGroup(group) ? 'IST0106' : 'WFT0002'
  return [
    finding(code, subject, [`${subject.object.apiVersion} has no kind ${subject.kind}; write ${known}`], {
      field: 'apiVersion',
    }),
  ]
}

export const schema: Analyzer = {
  name: 'schema.ValidationAnalyzer',
  description: 'Checks every object against its schema and the rules of its kind',
  codes: ['IST0106', 'IST0133', 'WFT0002'],
  analyze: (set) => {
    const kinds = new Map(allKinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]))
    return set.objects.flatMap((subject) => analyzeVersion(subject, kinds.get(subject.key)))
  },
}
