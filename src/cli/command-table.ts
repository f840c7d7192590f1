/** The commands: their words, options and examples; each is a file of its own, loaded when it is given. */
import type { CliContext } from './cli-context.ts'

/** A command's own module, loaded when the command is given. The number is the exit code. */
export type Action = (context: CliContext, parameters: readonly string[], options: object) => Promise<number>

export interface CommandRow {
  /** The word, or `group word` below a group such as `image`. */
  readonly name: string
  /** Commander's form: `<needed>`, `[optional]`, `[many...]`. */
  readonly parameters?: string
  readonly description: string
  /** A repeatable option may be given several times; its values are a list. */
  readonly options?: readonly (readonly [flags: string, description: string, repeatable?: 'repeatable'])[]
  readonly examples: readonly string[]
  readonly load: () => Promise<Action>
}

export const commands: readonly CommandRow[] = [
  {
    name: 'up',
    description: 'Start cluster, mesh and ingress gateway; return when all answer',
    options: [
      [
        '--plaintext-xds <address:port>',
        'also serve xDS, unencrypted, on this loopback address (127.0.0.1:15010)',
      ],
      [
        '--publish <hostport:gatewayport>',
        'open a port of this host for a port of the ingress gateway, at every address or at IP:hostport:gatewayport; kept for the next start until `--publish none`',
        'repeatable',
      ],
    ],
    examples: [
      'weft up',
      'weft up --publish 8080:80 --publish 127.0.0.1:8443:443',
      'weft up --home /tmp/second',
      'weft up --plaintext-xds 127.0.0.1:15010',
    ],
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    name: 'down',
    description: 'Stop all and leave nothing behind; the state is kept for the next `weft up`',
    options: [['--purge', 'forget the state too']],
    examples: ['weft down', 'weft down --purge'],
    load: async () => (await import('./commands/down.ts')).down,
  },
  {
    name: 'doctor',
    description: 'Check this host, and say what to install or to switch on; exit code 1 when Weft cannot run',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft doctor', 'weft doctor -o json'],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'status',
    description: 'Show whether the instance runs, where it answers and what memory each part holds',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft status', 'weft status -o json'],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'url',
    description: 'Print the address of the ingress gateway that answers on this host',
    examples: ['curl $(weft url)/api/v1/hello'],
    load: async () => (await import('./commands/url.ts')).url,
  },
  {
    name: 'kubeconfig',
    description: 'Print the path of the kubeconfig of this instance',
    examples: ['export KUBECONFIG=$(weft kubeconfig)'],
    load: async () => (await import('./commands/kubeconfig.ts')).kubeconfig,
  },
  {
    name: 'image add',
    parameters: '<image> [command...]',
    description: 'Let a program of this machine stand for an image',
    examples: ['weft image add myapp:1.0 -- java -jar target/myapp.jar'],
    load: async () => (await import('./commands/image.ts')).imageAdd,
  },
  {
    name: 'image ls',
    description: 'List the mapped images and the built-in ones',
    examples: ['weft image ls'],
    load: async () => (await import('./commands/image.ts')).imageList,
  },
  {
    name: 'image rm',
    parameters: '<image>',
    description: 'Forget what stands for an image',
    examples: ['weft image rm myapp:1.0'],
    load: async () => (await import('./commands/image.ts')).imageRemove,
  },
  {
    name: 'kube-inject',
    parameters: '[file|-...]',
    description:
      'Print manifests with the sidecar in them, for namespaces without the label istio-injection=enabled',
    options: [
      ['-f, --filename <file>', 'a file, a directory, or - for standard input', 'repeatable'],
      ['-o, --output <file>', 'write there instead of standard output'],
    ],
    examples: ['weft kube-inject -f app.yaml | kubectl apply -f -'],
    load: async () => (await import('./commands/kube-inject.ts')).kubeInject,
  },
  {
    name: 'proxy-status',
    description: 'Show what each proxy has acknowledged, and what it refused',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft proxy-status'],
    load: async () => (await import('./commands/proxy-status.ts')).proxyStatus,
  },
  {
    name: 'proxy-config',
    parameters: '<clusters|endpoints|listeners|routes|all> <pod>',
    description: 'Show what a proxy holds; the pod as POD[.NAMESPACE] or deploy/NAME',
    options: [
      ['-n, --namespace <namespace>', 'the namespace of the pod (default: default)'],
      ['-o, --output <format>', "text or json (Envoy's own answer)"],
    ],
    examples: [
      'weft proxy-config routes deploy/istio-ingressgateway -n istio-system',
      'weft proxy-config clusters myapp-v1-6d4f9c-x2x7k.default',
    ],
    load: async () => (await import('./commands/proxy-config.ts')).proxyConfig,
  },
  {
    name: 'analyze',
    parameters: '[file|directory|-...]',
    description:
      'Say what Istio would refuse and what will not do what its author means: in files, or in the running cluster',
    options: [
      ['-o, --output <format>', "text, json (istioctl's fields), yaml, sarif, junit or github"],
      [
        '--with-cluster',
        'analyze the files as if applied to the running cluster (without files: the cluster alone)',
      ],
      ['--fix', 'show the safe repairs (spelling of fields, old names, missing dashes), and write them'],
      ['-n, --namespace <namespace>', 'where objects without a namespace live; report on this one alone'],
      ['--suppress <code=resource>', 'do not say this, e.g. "IST0102=Namespace default"', 'repeatable'],
      ['--fail-on <level>', 'exit code 1 from this level on: error (default), warning, info or never'],
      ['--mesh-config <file>', "the mesh configuration that applies (default: Istio's defaults)"],
    ],
    examples: [
      'weft analyze manifests/',
      'weft analyze',
      'weft analyze --with-cluster gateway.yaml',
      'kustomize build . | weft analyze -',
      'weft analyze -o json --fail-on warning app.yaml gateway.yaml',
    ],
    load: async () => (await import('./commands/analyze.ts')).analyze,
  },
  {
    name: 'validate',
    parameters: '<file|directory|-...>',
    description:
      'Check every object alone against its schema and the rules of its kind, as the API server would',
    options: [
      ['-o, --output <format>', 'text, json, yaml, sarif, junit or github'],
      ['--fail-on <level>', 'exit code 1 from this level on: error (default), warning, info or never'],
    ],
    examples: ['weft validate manifests/', 'helm template . | weft validate -'],
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'explain-code',
    parameters: '[code]',
    description: 'Explain a code of `weft analyze`, or list all',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft explain-code IST0130', 'weft explain-code'],
    load: async () => (await import('./commands/explain-code.ts')).explainCode,
  },
  {
    name: 'version',
    description: 'Print the versions of the command, of Envoy and of the API that is served',
    examples: ['weft version'],
    load: async () => (await import('./commands/version.ts')).version,
  },
]
