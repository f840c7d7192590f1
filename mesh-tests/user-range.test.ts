/** An ordinary user with a range of ids, and ports published on the host. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startInstance, type Instance } from './support/instance.ts'
import { findProcess } from './support/processes.ts'

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: ids}
spec:
  terminationGracePeriodSeconds: 1
  securityContext: {fsGroup: 3000}
  containers:
    - name: main
      image: busybox
      command: [sh, -c, "mkdir -p /data/own/deep && touch /data/own/deep/file && exec sleep 100000"]
      securityContext: {runAsUser: 1000, runAsGroup: 2000}
      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
`

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const canRun =
  process.geteuid?.() === 0 && ['/usr/bin/newuidmap', '/etc/subuid', '/etc/subgid'].every(existsSync)

// Skipped where newuidmap (package uidmap) is missing or the tests do not run as root.
describe.runIf(canRun)('an ordinary user with a range of ids', () => {
  let instance: Instance
  let port: number

  beforeAll(async () => {
    port = await freePort()
    instance = await startInstance({ hasRange: true, flags: ['--publish', `127.0.0.1:${port}:15021`] })
  })
  afterAll(() => instance?.remove())

  test('lives in a user namespace with the range; containers run as the users that they ask for', async () => {
    const node = await findProcess(instance, 'node')
    expect(readFileSync(`/proc/${node?.pid}/uid_map`, 'utf8')).toMatch(/\n\s+1\s+300000\s+65536\n/)
    await instance.kubectlOk(['apply', '-f', '-'], pod)
    await instance.kubectlOk(['wait', '--for=condition=Ready', 'pod/ids', '--timeout=60s'])
    const ids = await instance.kubectlOk(['exec', 'ids', '--', 'sh', '-c', 'id -u; id -g; id -G'])
    expect(ids.split('\n')).toEqual(['1000', '2000', '2000 3000'])
    const owner = ['exec', 'ids', '--', 'stat', '-c', '%u %g', '/data/own/deep/file']
    expect(await instance.kubectlOk(owner)).toBe('1000 3000')
    expect(await instance.kubectlOk(['get', 'events', '-o', 'name'])).not.toContain('RunAsUserIgnored')
  })

  test('a published port is the gateway’s, in status too, and stays so at the next start', async () => {
    const url = `http://127.0.0.1:${port}/healthz/ready`
    const other = await instance.weft('up', '--publish', '127.0.0.1:1:80')
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('already-running')])
    expect((await instance.weft('down')).status).toBe(0)
    await expect(request(url)).rejects.toThrow('ECONNREFUSED')
    const again = await instance.weft('up')
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining(`127.0.0.1:${port}->15021`)])
    const status = JSON.parse((await instance.weft('status', '-o', 'json')).stdout) as object
    expect(status).toMatchObject({ published: [`127.0.0.1:${port}->15021`] })
    expect((await request(url)).status).toBe(200)
  })

  test('the home goes with what containers wrote as other users', async () => {
    const purged = await instance.weft('down', '--purge')
    expect([purged.status, purged.stdout]).toEqual([0, expect.stringContaining('Its state is forgotten')])
    expect(existsSync(instance.home)).toBe(false)
  })
})
