/** Generates src/resources/generated/*.ts: the OpenAPI schemas of the kinds that Weft serves, from npm packages. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addDescriptions, readDescriptions } from './schemas/read-descriptions.mjs'
import { readValidator } from './schemas/read-validator.mjs'

const repository = join(dirname(fileURLToPath(import.meta.url)), '..')
const output = join(repository, 'src/resources/generated')
const require = createRequire(import.meta.url)

const packageFolder = (name) => dirname(require.resolve(`${name}/package.json`))

const GATEWAY_API = 'io.k8s.networking.gateway.v1'

/** How the packages spell a family of schemas, how Kubernetes' OpenAPI does, and where its declarations are. */
const families = [
  ['IoK8sApiCoreV1', 'io.k8s.api.core.v1', 'kubernetes-models', 'v1'],
  ['IoK8sApiAppsV1', 'io.k8s.api.apps.v1', 'kubernetes-models', 'apps/v1'],
  ['IoK8sApiBatchV1', 'io.k8s.api.batch.v1', 'kubernetes-models', 'batch/v1'],
  ['IoK8sApiStorageV1', 'io.k8s.api.storage.v1', 'kubernetes-models', 'storage.k8s.io/v1'],
  ['IoK8sApiDiscoveryV1', 'io.k8s.api.discovery.v1', 'kubernetes-models', 'discovery.k8s.io/v1'],
  ['IoK8sApiCoordinationV1', 'io.k8s.api.coordination.v1', 'kubernetes-models', 'coordination.k8s.io/v1'],
  [
    'IoK8sApiAdmissionregistrationV1',
    'io.k8s.api.admissionregistration.v1',
    'kubernetes-models',
    'admissionregistration.k8s.io/v1',
  ],
  ['IoK8sApiAutoscalingV1', 'io.k8s.api.autoscaling.v1', 'kubernetes-models', 'autoscaling/v1'],
  [
    'IoK8sApiAuthenticationV1',
    'io.k8s.api.authentication.v1',
    'kubernetes-models',
    'authentication.k8s.io/v1',
  ],
  ['IoK8sApiAuthorizationV1', 'io.k8s.api.authorization.v1', 'kubernetes-models', 'authorization.k8s.io/v1'],
  ['IoK8sApiEventsV1', 'io.k8s.api.events.v1', 'kubernetes-models', 'events.k8s.io/v1'],
  ['IoK8sApiNetworkingV1', 'io.k8s.api.networking.v1', 'kubernetes-models', 'networking.k8s.io/v1'],
  ['IoK8sApiPolicyV1', 'io.k8s.api.policy.v1', 'kubernetes-models', 'policy/v1'],
  ['IoK8sApiRbacV1', 'io.k8s.api.rbac.v1', 'kubernetes-models', 'rbac.authorization.k8s.io/v1'],
  ['IoK8sApiSchedulingV1', 'io.k8s.api.scheduling.v1', 'kubernetes-models', 'scheduling.k8s.io/v1'],
  // One name for all versions: they have one shape. The longer prefixes stand first, they begin alike.
  [
    'IoK8sSigsGatewayApiApisV1alpha2',
    GATEWAY_API,
    '@kubernetes-models/gateway-api',
    'gateway.networking.k8s.io/v1alpha2',
  ],
  [
    'IoK8sSigsGatewayApiApisV1',
    GATEWAY_API,
    '@kubernetes-models/gateway-api',
    'gateway.networking.k8s.io/v1',
  ],
  [
    'IoK8sApimachineryPkgApisMetaV1',
    'io.k8s.apimachinery.pkg.apis.meta.v1',
    '@kubernetes-models/apimachinery',
    'apis/meta/v1',
  ],
  [
    'IoK8sApimachineryPkgApiResource',
    'io.k8s.apimachinery.pkg.api.resource',
    '@kubernetes-models/apimachinery',
    'api/resource',
  ],
  [
    'IoK8sApimachineryPkgUtilIntstr',
    'io.k8s.apimachinery.pkg.util.intstr',
    '@kubernetes-models/apimachinery',
    'util/intstr',
  ],
  [
    'IoK8sApimachineryPkgRuntime',
    'io.k8s.apimachinery.pkg.runtime',
    '@kubernetes-models/apimachinery',
    'runtime',
  ],
].map(([prefix, name, npm, folder]) => ({ prefix, name, npm, folder }))

/** Kinds that are served, and bodies of requests to their subresources. */
const kubernetesRoots = [
  ...[
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'Namespace',
    'Node',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'ReplicationController',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
    'Binding',
  ].map((kind) => `io.k8s.api.core.v1.${kind}`),
  ...['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(
    (kind) => `io.k8s.api.apps.v1.${kind}`,
  ),
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map(
    (kind) => `io.k8s.api.admissionregistration.v1.${kind}`,
  ),
  'io.k8s.api.batch.v1.CronJob',
  'io.k8s.api.batch.v1.Job',
  'io.k8s.api.storage.v1.StorageClass',
  'io.k8s.api.discovery.v1.EndpointSlice',
  'io.k8s.api.coordination.v1.Lease',
  'io.k8s.api.autoscaling.v1.Scale',
  ...['SelfSubjectReview', 'TokenRequest', 'TokenReview'].map(
    (kind) => `io.k8s.api.authentication.v1.${kind}`,
  ),
  ...[
    'LocalSubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SubjectAccessReview',
  ].map((kind) => `io.k8s.api.authorization.v1.${kind}`),
  'io.k8s.api.events.v1.Event',
  ...['Ingress', 'IngressClass', 'NetworkPolicy'].map((kind) => `io.k8s.api.networking.v1.${kind}`),
  ...['Eviction', 'PodDisruptionBudget'].map((kind) => `io.k8s.api.policy.v1.${kind}`),
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map((kind) => `io.k8s.api.rbac.v1.${kind}`),
  'io.k8s.api.scheduling.v1.PriorityClass',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
]

/** Kinds of Istio as group, version of the package and kind: those that carry traffic, and the others. */
const istioKinds = ['DestinationRule', 'Gateway', 'VirtualService'].map((kind) => ['networking', 'v1', kind])
const furtherIstioKinds = [
  ...['ServiceEntry', 'Sidecar', 'WorkloadEntry', 'WorkloadGroup'].map((kind) => ['networking', 'v1', kind]),
  ['networking', 'v1alpha3', 'EnvoyFilter'],
  ['networking', 'v1beta1', 'ProxyConfig'],
  ...['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'].map((kind) => [
    'security',
    'v1',
    kind,
  ]),
  ['telemetry', 'v1', 'Telemetry'],
  ['extensions', 'v1alpha1', 'WasmPlugin'],
]

/** Kinds of the Gateway API, by the version that the package has them in. */
const gatewayApiRoots = [
  ...[
    'BackendTLSPolicy',
    'GRPCRoute',
    'Gateway',
    'GatewayClass',
    'HTTPRoute',
    'ListenerSet',
    'ReferenceGrant',
    'TLSRoute',
  ].map((kind) => `IoK8sSigsGatewayApiApisV1${kind}`),
  ...['TCPRoute', 'UDPRoute'].map((kind) => `IoK8sSigsGatewayApiApisV1alpha2${kind}`),
]

const familyOf = (key, spelling) => {
  const family = families.find((candidate) => spelling.startsWith(candidate[key]))
  if (family === undefined)
    throw new Error(`tools/generate-schemas.mjs: add the family of ${spelling} to its list`)
  return family
}

const readText = (npm, path) => readFileSync(join(packageFolder(npm), path), 'utf8')

const spellingOfModule = (module) => module.replace(/^.*\//, '').replace(/\.js$/, '')

/** A module such as `./IoK8sApiCoreV1Affinity.js` as `io.k8s.api.core.v1.Affinity`. */
const nameOfModule = (module) => {
  const spelling = spellingOfModule(module)
  const family = familyOf('prefix', spelling)
  return `${family.name}.${spelling.slice(family.prefix.length)}`
}

const typeMeta = {
  apiVersion: {
    description:
      'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
    type: 'string',
  },
  kind: {
    description:
      'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
    type: 'string',
  },
}

/** The packages bind apiVersion and kind to one value each; in Kubernetes they are optional text. */
const withTypeMeta = (schema) => {
  const { apiVersion, kind } = schema.properties ?? {}
  if (apiVersion?.enum === undefined || kind?.enum === undefined) return schema
  const { required = [], ...rest } = schema
  const others = required.filter((field) => field !== 'apiVersion' && field !== 'kind')
  return {
    ...rest,
    ...(others.length === 0 ? {} : { required: others }),
    properties: { ...rest.properties, ...typeMeta },
  }
}

/** Fields called `description`: the package takes them for descriptions of schemas and drops them. */
const lostFields = {
  'io.k8s.api.scheduling.v1.PriorityClass': {
    description: {
      description:
        'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
      type: 'string',
    },
  },
}

const withLostFields = (name, schema) => {
  const fields = lostFields[name]
  return fields === undefined ? schema : { ...schema, properties: { ...schema.properties, ...fields } }
}

/** The roots and all that they refer to; what `isElsewhere` names stays a reference. Roots are spelled as modules are. */
const generate = (roots, isElsewhere = () => false) => {
  const schemas = {}
  const waiting = [...roots]
  const refer = (module) => {
    const name = nameOfModule(module)
    if (!isElsewhere(name)) waiting.push(spellingOfModule(module))
    return { $ref: name }
  }
  for (let spelling = waiting.pop(); spelling !== undefined; spelling = waiting.pop()) {
    const name = nameOfModule(spelling)
    if (schemas[name] !== undefined) continue
    const family = familyOf('prefix', spelling)
    const kind = spelling.slice(family.prefix.length)
    const schema = withLostFields(
      name,
      withTypeMeta(readValidator(readText(family.npm, `_schemas/${spelling}.js`), refer)),
    )
    schemas[name] = addDescriptions(
      schema,
      readDescriptions(readText(family.npm, `${family.folder}/${kind}.d.ts`)),
    )
  }
  return schemas
}

const spellingOfName = (name) => {
  const family = familyOf('name', name)
  return `${family.prefix}${name.slice(family.name.length + 1)}`
}

const generateKubernetes = () => generate(kubernetesRoots.map(spellingOfName))

/** A Go struct that embeds another has its fields beside its own. */
const withEmbedded = (schemas, schema) => {
  const { $ref, ...own } = schema
  if ($ref === undefined || own.properties === undefined) return schema
  const embedded = withEmbedded(schemas, schemas[$ref])
  const required = [...(embedded.required ?? []), ...(own.required ?? [])]
  return {
    ...own,
    properties: { ...embedded.properties, ...own.properties },
    ...(required.length === 0 ? {} : { required }),
  }
}

const generateGatewayApi = () => {
  const schemas = generate(gatewayApiRoots, (name) => !name.startsWith(GATEWAY_API))
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withEmbedded(schemas, schema)]),
  )
}

const capitalized = (text) => `${text[0].toUpperCase()}${text.slice(1)}`

/** All versions of a kind have one shape: it is named v1, whichever version the package has. */
const generateIstio = (kinds) => {
  const refer = (module) => ({ $ref: nameOfModule(module) })
  const schemas = kinds.map(([group, version, kind]) => {
    const file = `${capitalized(group)}IstioIo${capitalized(version)}${kind}.js`
    const schema = withTypeMeta(
      readValidator(readText('@kubernetes-models/istio', `_schemas/${file}`), refer),
    )
    const declarations = readText('@kubernetes-models/istio', `${group}.istio.io/${version}/${kind}.d.ts`)
    return [`io.istio.${group}.v1.${kind}`, addDescriptions(schema, readDescriptions(declarations))]
  })
  return Object.fromEntries(schemas)
}

/** One string literal per file: an engine skips it quickly, and JSON.parse reads it on first use. */
const write = (file, comment, schemas) => {
  const ordered = Object.fromEntries(
    Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1)),
  )
  const literal = JSON.stringify(JSON.stringify(ordered))
  const text = `/** ${comment}; generated by tools/generate-schemas.mjs. */\nexport const schemasText: string =\n  ${literal}\n`
  writeFileSync(join(output, file), text)
}

mkdirSync(output, { recursive: true })
write('kubernetes-schemas.ts', "Schemas of Kubernetes' kinds by name, as JSON", generateKubernetes())
write('gateway-api-schemas.ts', 'Schemas of the Gateway API by name, as JSON', generateGatewayApi())
write('istio-schemas.ts', "Schemas of Istio's kinds by name, as JSON", generateIstio(istioKinds))
write(
  'further-istio-schemas.ts',
  "Schemas of Istio's kinds beside those, as JSON",
  generateIstio(furtherIstioKinds),
)
