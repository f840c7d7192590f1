import { describe, expect, test } from 'vitest'
import { planRoot, type HostEntry, type HostTree, type RootRequest, type WantedMount } from './root-plan.ts'

const directory = (name: string): HostEntry => ({ name, kind: 'directory' })
const file = (name: string): HostEntry => ({ name, kind: 'other' })
const link = (name: string, target: string): HostEntry => ({ name, kind: 'link', target })

const tree: Readonly<Record<string, readonly HostEntry[]>> = {
  '/': [
    ...['usr', 'etc', 'home', 'root', 'opt', 'proc', 'tmp', 'work'].map(directory),
    link('bin', 'usr/bin'),
    link('lib64', 'usr/lib64'),
  ],
  '/etc': [file('passwd'), directory('ssl'), link('mtab', '../proc/self/mounts'), file('hosts')],
  '/etc/ssl': [directory('certs'), file('openssl.cnf')],
  '/usr': [directory('bin'), directory('share')],
  '/usr/share': [directory('zoneinfo'), file('x')],
}

const host: HostTree = { entries: (path) => tree[path] ?? [] }

const plan = (request: Partial<RootRequest> = {}) =>
  planRoot(host, { mounts: [], visible: [], directories: [], ...request })

const wanted = (path: string, kind: WantedMount['kind'] = 'directory'): WantedMount => ({
  source: `/vol${path}`,
  path,
  kind,
  readOnly: false,
})

const mountAt = (result: ReturnType<typeof plan>, target: string) =>
  result.mounts.find((mount) => mount.target === target)

describe('a root without image', () => {
  test('shows programs read-only, keeps links, hides homes', () => {
    const result = plan()
    expect(mountAt(result, '/usr')).toMatchObject({ source: '/usr', options: 'rbind,ro' })
    expect(mountAt(result, '/opt')).toBeDefined()
    expect(result.links.get('/bin')).toBe('usr/bin')
    expect(result.mounts.map((mount) => mount.source)).not.toContain('/home')
    expect(result.mounts.map((mount) => mount.source)).not.toContain('/srv')
    expect(result.directories).toContain('/root')
  })

  test('/etc is its own, with links to the host’s', () => {
    const result = plan()
    expect(mountAt(result, '/etc')).toBeUndefined()
    expect(mountAt(result, '/etc.host')).toMatchObject({ source: '/etc', options: 'rbind,ro' })
    expect(result.links.get('/etc/passwd')).toBe('/etc.host/passwd')
    expect(result.links.get('/etc/mtab')).toBe('/proc/self/mounts')
  })

  test('a file of the pod takes the place of the host’s', () => {
    const result = plan({ mounts: [wanted('/etc/hosts', 'file')] })
    expect(result.links.has('/etc/hosts')).toBe(false)
    expect(result.files).toContain('/etc/hosts')
    expect(mountAt(result, '/etc/hosts')).toMatchObject({ source: '/vol/etc/hosts', options: 'rbind' })
  })

  test('a mount below a directory of /etc keeps its siblings', () => {
    const result = plan({ mounts: [wanted('/etc/ssl/certs')] })
    expect(result.links.has('/etc/ssl')).toBe(false)
    expect(result.directories).toEqual(expect.arrayContaining(['/etc/ssl', '/etc/ssl/certs']))
    expect(result.links.get('/etc/ssl/openssl.cnf')).toBe('/etc.host/ssl/openssl.cnf')
    expect(result.links.has('/etc/ssl/certs')).toBe(false)
  })

  test('a mount inside a read-only directory turns it into links to a mirror', () => {
    const result = plan({ mounts: [wanted('/usr/share/nginx/html')] })
    expect(mountAt(result, '/usr')).toBeUndefined()
    expect(mountAt(result, '/usr.host')).toMatchObject({ source: '/usr' })
    expect(result.links.get('/usr/bin')).toBe('/usr.host/bin')
    expect(result.links.get('/usr/share/zoneinfo')).toBe('/usr.host/share/zoneinfo')
    expect(result.directories).toContain('/usr/share/nginx/html')
  })

  test('a directory of the image can be written to, unless a volume lies over it', () => {
    const writable = ['/usr/share/nginx/html']
    expect(plan({ writable }).directories).toContain('/usr/share/nginx/html')
    expect(mountAt(plan({ writable }), '/usr')).toBeUndefined()
    const covered = plan({ writable, mounts: [wanted('/usr/share/nginx')] })
    expect(covered.directories).not.toContain('/usr/share/nginx/html')
  })

  test('mounts at and below a link of the image land where it leads', () => {
    const links = { '/app': '/opt/apache/htdocs' }
    const file_ = plan({ links, mounts: [wanted('/app/index.html', 'file')] })
    expect(file_.links.get('/app')).toBe('/opt/apache/htdocs')
    expect(mountAt(file_, '/opt/apache/htdocs/index.html')).toMatchObject({ source: '/vol/app/index.html' })
    expect(mountAt(plan({ links, mounts: [wanted('/app')] }), '/opt/apache/htdocs')).toBeDefined()
  })

  test('a link of the image inside a directory of the host keeps its siblings', () => {
    const result = plan({ links: { '/usr/share/program': '/run/x/program' }, visible: ['/usr/share'] })
    expect(result.links.get('/usr/share/program')).toBe('/run/x/program')
    expect(result.links.get('/usr/share/zoneinfo')).toBe('/usr.host/share/zoneinfo')
    expect(mountAt(result, '/usr/share')).toBeUndefined()
    // /bin is a link of the host to /usr/bin.
    expect(plan({ links: { '/bin/program': '/run/x/program' } }).links.get('/usr/bin/program')).toBe(
      '/run/x/program',
    )
  })

  test('a mount through a link of the top level lands where the link leads', () => {
    const result = plan({ mounts: [wanted('/bin/tool', 'file'), wanted('/var/run/secrets/x')] })
    expect(mountAt(result, '/usr/bin/tool')).toBeDefined()
    expect(mountAt(result, '/run/secrets/x')).toBeDefined()
  })

  test('a mount inside another one is made there, after it', () => {
    const result = plan({ mounts: [wanted('/data/inner'), wanted('/data')] })
    const targets = result.mounts.map((mount) => mount.target)
    expect(targets.indexOf('/data')).toBeLessThan(targets.indexOf('/data/inner'))
    expect(mountAt(result, '/data/inner')?.options).toContain('x-mount.mkdir')
    expect(result.directories).not.toContain('/data/inner')
  })

  test('the program’s own directory shows, without what lies beside it', () => {
    const result = plan({ visible: ['/srv/app/dist', '/usr/lib/node', '/srv/app/dist/deep'] })
    expect(mountAt(result, '/srv/app/dist')).toMatchObject({ source: '/srv/app/dist', options: 'rbind,ro' })
    expect(mountAt(result, '/usr/lib/node')).toBeUndefined()
    expect(mountAt(result, '/srv/app/dist/deep')).toBeUndefined()
    expect(result.directories).toEqual(expect.arrayContaining(['/srv', '/srv/app']))
  })

  test('a volume does not hide the program that lies below it', () => {
    const result = plan({ visible: ['/tmp/clone/dist'], mounts: [wanted('/tmp')] })
    const targets = result.mounts.map((mount) => mount.target)
    expect(targets.indexOf('/tmp')).toBeLessThan(targets.indexOf('/tmp/clone/dist'))
    expect(mountAt(result, '/tmp/clone/dist')?.options).toBe('rbind,ro,x-mount.mkdir')
  })

  test('the working directory exists', () => {
    expect(plan({ directories: ['/app/data'] }).directories).toContain('/app/data')
    expect(plan({ directories: ['/usr/share'] }).directories).not.toContain('/usr/share')
  })

  test('parents come before children', () => {
    const { directories } = plan({ mounts: [wanted('/a/b/c')] })
    expect(directories.indexOf('/a')).toBeLessThan(directories.indexOf('/a/b/c'))
  })
})
