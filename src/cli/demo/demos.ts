/** The demos: which manifests of `examples/` each applies, and what it asks then. */

/** One kind of request, and what its answers are split by. */
export interface DemoCall {
  readonly title: string
  readonly from:
    /** Through the ingress gateway, as a client outside. */
    | { readonly kind: 'gateway'; readonly host?: string }
    /** To a port of the first pod with this label `app`, as `kubectl port-forward` does. */
    | { readonly kind: 'pod'; readonly app: string; readonly port: number }
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Group 1 of the first match in the body is what is counted. */
  readonly answer: RegExp
  /** Which rule of the VirtualService's `spec.http` decides these requests. */
  readonly rule: number
  /** What each subset answers. */
  readonly subsets: Readonly<Record<string, string>>
}

export interface Demo {
  readonly name: string
  readonly title: string
  /** Made for the demo, and deleted after it with all that is in it. */
  readonly namespace: string
  /** In the order in which they are applied, relative to the examples. */
  readonly files: readonly string[]
  /** Whose weights are shown beside what was measured. */
  readonly virtualService: string
  readonly calls: readonly DemoCall[]
}

const versions = (prefix: string): Readonly<Record<string, string>> => ({
  v1: `${prefix}1`,
  v2: `${prefix}2`,
})

export const demos: readonly Demo[] = [
  {
    name: 'traffic-shifting',
    title: 'two versions behind the ingress gateway, 75/25',
    namespace: 'demo-traffic-shifting',
    files: ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].map((file) => `traffic-shifting/${file}`),
    virtualService: 'myapp',
    calls: [
      {
        title: 'GET /api/v1/hello through the gateway',
        from: { kind: 'gateway' },
        path: '/api/v1/hello',
        answer: /This is (version \d)/,
        rule: 0,
        subsets: versions('version '),
      },
    ],
  },
  {
    name: 'weighted-colors',
    title: "calls between services over HTTP/2, split 50/40/10 by the caller's sidecar",
    namespace: 'howto-k8s-http2',
    files: ['app.yaml', 'color-service.yaml', 'destination-rule.yaml', 'virtual-service.yaml'].map(
      (file) => `weighted-colors/${file}`,
    ),
    virtualService: 'color-virtual-service',
    calls: [
      {
        title: 'GET /color of the client, which asks http://color over h2c',
        from: { kind: 'pod', app: 'client', port: 8080 },
        path: '/color',
        answer: /^(\w+)\s*$/,
        rule: 0,
        subsets: { green: 'green', blue: 'blue', red: 'red' },
      },
    ],
  },
  {
    name: 'color-tally',
    title: 'three colors at 10/30/60, and a page that counts them',
    namespace: 'demo-color-tally',
    files: ['app.yaml', 'weights.yaml', 'gateway.yaml#Gateway'].map((file) => `color-tally/${file}`),
    virtualService: 'colors',
    calls: [
      {
        title: 'GET /colors through the gateway; the page at / shows the tally',
        from: { kind: 'gateway' },
        path: '/colors',
        answer: /background-color: (\w+)/,
        rule: 0,
        subsets: { v1: 'crimson', v2: 'lightseagreen', v3: 'indigo' },
      },
    ],
  },
  {
    name: 'canary',
    title: 'one request in ten to a canary, on a port whose name tells no protocol',
    namespace: 'namespace-1',
    files: ['app.yaml', 'weights.yaml', 'gateway.yaml'].map((file) => `canary/${file}`),
    virtualService: 'app-1',
    calls: [
      {
        title: 'GET / of canary.example.com through the gateway',
        from: { kind: 'gateway', host: 'canary.example.com' },
        path: '/',
        answer: /Hello World (v\d)/,
        rule: 0,
        subsets: versions('v'),
      },
    ],
  },
  {
    name: 'dark-launch',
    title: 'a new version for one user alone, told by a header',
    namespace: 'dark-launch',
    files: ['app.yaml', 'destination-rules.yaml', 'dark-launch.yaml', 'gateway.yaml'].map(
      (file) => `dark-launch/${file}`,
    ),
    virtualService: 'reviews',
    calls: [
      {
        title: 'GET /reviews/0 with end-user: tester',
        from: { kind: 'gateway', host: 'reviews.example.com' },
        path: '/reviews/0',
        headers: { 'end-user': 'tester' },
        answer: /"podname":"(reviews-v\d)/,
        rule: 0,
        subsets: versions('reviews-v'),
      },
      {
        title: 'GET /reviews/0 of everybody else',
        from: { kind: 'gateway', host: 'reviews.example.com' },
        path: '/reviews/0',
        answer: /"podname":"(reviews-v\d)/,
        rule: 1,
        subsets: versions('reviews-v'),
      },
    ],
  },
]
