/** The CEL rules of the filters of routes. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { CorsSettings, ExternalAuth, PathModifier, RequestMirror, RouteFilter } from './http-route.ts'
import { validateBackend } from './validate-references.ts'

/** The field that belongs to each type of filter. */
const FIELDS = [
  ['RequestHeaderModifier', 'requestHeaderModifier'],
  ['ResponseHeaderModifier', 'responseHeaderModifier'],
  ['RequestMirror', 'requestMirror'],
  ['RequestRedirect', 'requestRedirect'],
  ['URLRewrite', 'urlRewrite'],
  ['CORS', 'cors'],
  ['ExternalAuth', 'externalAuth'],
  ['ExtensionRef', 'extensionRef'],
] as const

const ONCE: readonly string[] = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'CORS',
]

const validatePathModifier = (path: string, modifier: PathModifier): Findings =>
  (['ReplaceFullPath', 'ReplacePrefixMatch'] as const).flatMap((type) => {
    const field = type === 'ReplaceFullPath' ? 'replaceFullPath' : 'replacePrefixMatch'
    const isSet = modifier[field] !== undefined
    return [
      ...when(
        modifier.type === type && !isSet,
        required(child(path, field), `${field} must be specified when type is set to '${type}'`),
      ),
      ...when(
        modifier.type !== type && isSet,
        invalid(child(path, 'type'), modifier.type, `type must be '${type}' when ${field} is set`),
      ),
    ]
  })

const validateMirror = (path: string, { backendRef, percent, fraction }: RequestMirror): Findings => [
  ...validateBackend(child(path, 'backendRef'), backendRef),
  ...when(
    percent !== undefined && fraction !== undefined,
    forbidden(path, 'Only one of percent or fraction may be specified in HTTPRequestMirrorFilter'),
  ),
  ...present(fraction, ({ numerator, denominator = 100 }) =>
    when(
      numerator > denominator,
      invalid(child(path, 'fraction'), numerator, 'numerator must be less than or equal to denominator'),
    ),
  ),
]

const validateCors = (path: string, cors: CorsSettings): Findings =>
  (
    [
      ['allowHeaders', "AllowHeaders cannot contain '*' alongside other headers"],
      ['allowMethods', "AllowMethods cannot contain '*' alongside other methods"],
      ['allowOrigins', "AllowOrigins cannot contain '*' alongside other origins"],
    ] as const
  ).flatMap(([field, message]) => {
    const values = cors[field] ?? []
    return when(values.includes('*') && values.length > 1, invalid(child(path, field), [...values], message))
  })

const validateExternalAuth = (path: string, auth: ExternalAuth): Findings => [
  ...validateBackend(child(path, 'backendRef'), auth.backendRef),
  ...(
    [
      ['GRPC', 'grpc'],
      ['HTTP', 'http'],
    ] as const
  ).flatMap(([protocol, field]) => [
    ...when(
      auth.protocol === protocol && auth[field] === undefined,
      required(child(path, field), `${field} must be specified when protocol is set to '${protocol}'`),
    ),
    ...when(
      auth.protocol !== protocol && auth[field] !== undefined,
      invalid(child(path, 'protocol'), auth.protocol, `protocol must be '${protocol}' when ${field} is set`),
    ),
  ]),
]

const validateFilter = (path: string, filter: RouteFilter): Findings => [
  ...FIELDS.flatMap(([type, field]) => [
    ...when(
      filter[field] !== undefined && filter.type !== type,
      forbidden(child(path, field), `filter.${field} must be nil if the filter.type is not ${type}`),
    ),
    ...when(
      filter[field] === undefined && filter.type === type,
      required(child(path, field), `filter.${field} must be specified for ${type} filter.type`),
    ),
  ]),
  ...present(filter.requestMirror, (mirror) => validateMirror(child(path, 'requestMirror'), mirror)),
  ...present(filter.requestRedirect?.path, (modifier) =>
    validatePathModifier(child(path, 'requestRedirect.path'), modifier),
  ),
  ...present(filter.urlRewrite?.path, (modifier) =>
    validatePathModifier(child(path, 'urlRewrite.path'), modifier),
  ),
  ...present(filter.cors, (cors) => validateCors(child(path, 'cors'), cors)),
  ...present(filter.externalAuth, (auth) => validateExternalAuth(child(path, 'externalAuth'), auth)),
]

/** `path`: of the list of filters. */
export const validateFilters = (path: string, filters: readonly RouteFilter[]): Findings => {
  const types = filters.map(({ type }) => type)
  return [
    ...itemsAt(path, filters).flatMap(({ path: at, value, index }) => [
      ...validateFilter(at, value),
      ...when(
        ONCE.includes(value.type) && types.indexOf(value.type) < index,
        invalid(child(at, 'type'), value.type, `${value.type} filter cannot be repeated`),
      ),
    ]),
    ...when(
      types.includes('RequestRedirect') && types.includes('URLRewrite'),
      invalid(
        path,
        types,
        'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both',
      ),
    ),
  ]
}
