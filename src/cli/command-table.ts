/** The commands: their words, options and examples; each is a file of its own, loaded when it is given. */
import type { CommandRow } from './cli-context.ts'

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
    name: 'reset',
    description: 'Forget every object of the cluster; keep mapped images, kubeconfig and published ports',
    details: [
      'An instance that ran is stopped, emptied and started again; one that did not run begins empty at the next start. `weft down --purge` forgets everything.',
    ],
    examples: ['weft reset'],
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  {
    name: 'demo',
    parameters: '[name]',
    description: 'Apply an example, send requests, and show the measured split beside the configured one',
    options: [
      ['--requests <number>', 'how many of each kind (default: 400); 0: until Ctrl-C'],
      ['--rate <number>', 'requests a second (default: 50)'],
      ['--keep', 'leave the objects of the demo in the cluster'],
    ],
    details: [
      'Without a name the demos are listed. The cluster is started when it does not run, and stopped after the demo then. The configured shares are read from the VirtualService as it is now: change its weights meanwhile and watch the split follow.',
      'A demo works in a namespace of its own, which is deleted after it, also after Ctrl-C.',
    ],
    examples: ['weft demo', 'weft demo traffic-shifting', 'weft demo color-tally --requests 0 --keep'],
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'status',
    description: 'Show whether the instance runs, where it answers and what memory each part holds',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft status', 'weft status -o json'],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'logs',
    parameters: '[supervisor|server|node...]',
    description: "Show what the instance's own processes wrote, in the order of time",
    options: [
      ['-f, --follow', 'go on with what is written from now on'],
      ['--tail <lines>', 'only so many of the last lines (default: all)'],
      ['--since <duration>', 'only what is younger, e.g. 10m'],
    ],
    details: [
      'The supervisor keeps the other two running; the server is API server, controllers and control plane; the node runs the pods. The logs of pods come from `kubectl logs`.',
    ],
    examples: ['weft logs --tail 50', 'weft logs server -f', 'weft logs node --since 10m'],
    load: async () => (await import('./commands/logs.ts')).logs,
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
    options: [
      ['--workdir <directory>', 'where the program runs (default: here)'],
      ['--env <name=value>', 'a variable of the image; the pod may set another value', 'repeatable'],
      ['--port <number>', 'the port that the program listens on, given to it as $PORT'],
    ],
    details: [
      'Containers see the program, its own directory, the directories of its arguments and the working directory, read-only. A pod that waits for the image starts at once.',
    ],
    examples: [
      'weft image add myapp:1.0 -- java -jar target/myapp.jar',
      'weft image add shop/cart:2 --workdir cart --env LOG_LEVEL=debug --port 3000 -- npm start',
    ],
    load: async () => (await import('./commands/image.ts')).imageAdd,
  },
  {
    name: 'image ls',
    description: 'List the mapped images and the built-in ones',
    options: [['-o, --output <format>', 'text or json']],
    examples: ['weft image ls', 'weft image ls -o json'],
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
      ['-o, --output <format>', "text (or log), json (istioctl's fields), yaml, sarif, junit or github"],
      [
        '--with-cluster',
        'analyze the files as if applied to the running cluster (without files: the cluster alone)',
      ],
      ['--fix', 'show the safe repairs (spelling of fields, old names, missing dashes), and write them'],
      ['-n, --namespace <namespace>', 'where objects without a namespace live; report on this one alone'],
      [
        '-S, --suppress <code=resource>',
        'do not say this, e.g. "IST0102=Namespace default"; * stands for any characters',
        'repeatable',
      ],
      ['--fail-on <level>', 'exit code 1 from this level on: error (default), warning, info or never'],
      ['--output-threshold <level>', 'show findings from this level on: info (default), warning or error'],
      [
        '--mesh-config <file>',
        "the mesh configuration that applies (default: the running cluster's, for files Istio's defaults)",
      ],
      ['--analyzer <name>', 'run this analyzer alone', 'repeatable'],
      ['-L, --list-analyzers', 'list the analyzers'],
      ['--ignore-unknown', 'pass over what is no manifest'],
      ['-A, --all-namespaces', 'report on every namespace, which is the default'],
      ['-k, --use-kube [boolean]', 'as in istioctl: false for files alone, true for --with-cluster'],
      ['--failure-threshold <level>', 'as in istioctl: --fail-on'],
      ['--meshConfigFile <file>', 'as in istioctl: --mesh-config'],
      ['-R, --recursive', 'as in istioctl: directories are read with all below them anyway'],
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
    name: 'lsp',
    description:
      'Serve editors over standard input and output (Language Server Protocol): diagnostics, completion, hover, definitions, quick fixes',
    options: [['--stdio', 'as editors call it; there is no other way']],
    examples: ['weft lsp --stdio'],
    load: async () => (await import('./commands/lsp.ts')).lsp,
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
    name: 'completion',
    parameters: '<bash|zsh|fish>',
    description: 'Print the completion script of a shell',
    details: [
      'bash: eval "$(weft completion bash)" in ~/.bashrc. zsh: eval "$(weft completion zsh)" in ~/.zshrc, after compinit. fish: weft completion fish | source, or save it as ~/.config/fish/completions/weft.fish.',
    ],
    examples: ['eval "$(weft completion bash)"', 'weft completion fish | source'],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'complete',
    parameters: '[word...]',
    description: 'Answer the completion scripts of the shells',
    examples: ['weft complete -- proxy-config ""'],
    isHidden: true,
    load: async () => (await import('./commands/complete.ts')).complete,
  },
  {
    name: 'help',
    parameters: '[command...]',
    description: 'Show the manual page of a command, or list all',
    examples: ['weft help', 'weft help image add'],
    load: async () => (await import('./commands/help.ts')).help,
  },
  {
    name: 'version',
    description: 'Print the versions of the command, of Envoy and of the API that is served',
    examples: ['weft version'],
    load: async () => (await import('./commands/version.ts')).version,
  },
]
