import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'
import { killProcess } from './support/processes.ts'
import { applyShifting, programmed, version, virtualService } from './support/shifting.ts'
import { underTraffic, until } from './support/traffic.ts'

/** Valid for Istio's webhook, unknown to Envoy: it refuses the virtual host. */
const refusedHeaders = { headers: { request: { set: { 'x-note': '%NO_SUCH_COMMAND%' } } } }

describe('an Envoy that refuses a resource', () => {
  let instance: Instance
  let url: string
  beforeAll(async () => {
    instance = await startInstance()
    url = await applyShifting(instance)
    await apply(virtualService('myapp', '*', [{ subset: 'v2' }]))
    await untilProgrammed('myapp', 'True')
  })
  afterAll(() => instance?.remove())

  const apply = (manifest: string): Promise<string> => instance.kubectlOk(['apply', '-f', '-'], manifest)

  const untilProgrammed = async (name: string, status: string): Promise<string> => {
    let condition = ''
    await until(
      () => `Programmed of ${name} is ${status}; it is ${condition}`,
      async () => {
        condition = await programmed(instance, `virtualservice/${name}`)
        return condition.startsWith(status)
      },
    )
    return condition
  }

  const onlyVersion2 = ({ status, body }: { status: number; body: string }): boolean =>
    status === 200 && body.includes('version 2')

  test('the condition has Envoy’s words and the proxy’s name; the good routes stay', async () => {
    await underTraffic(
      url,
      async () => {
        await apply(virtualService('myapp', '*', [{ subset: 'v1' }], refusedHeaders))
        const condition = await untilProgrammed('myapp', 'False')
        const pod = await instance.kubectlOk([
          '-n',
          'istio-system',
          'get',
          'pods',
          '-o',
          'jsonpath={.items[0].metadata.name}',
        ])
        expect(condition).toContain('False Rejected 1/1 proxies rejected generation 3 and keep what they had')
        expect(condition).toContain(`${pod}.istio-system: `)
        expect(condition).toContain('NO_SUCH_COMMAND')
      },
      onlyVersion2,
    )
    const { stdout } = await instance.weft('proxy-status')
    expect(stdout).toMatch(/istio-ingressgateway-\S+ +router .*NACK/)
    expect(stdout).toContain('NO_SUCH_COMMAND')
  })

  test('other rules are programmed as ever, in the same moment too', async () => {
    await underTraffic(
      url,
      async () => {
        const other = (subset: string): string => virtualService('other', 'other.example', [{ subset }])
        const bad = virtualService('bad', 'bad.example', [{ subset: 'v1' }], refusedHeaders)
        await apply(`{"apiVersion": "v1", "kind": "List", "items": [${other('v1')}, ${bad}]}`)
        await untilProgrammed('other', 'True')
        expect(await version(url, 'other.example')).toBe('1')
        expect(await untilProgrammed('bad', 'False')).toContain('Rejected')
        await apply(other('v2'))
        await untilProgrammed('other', 'True')
        expect(await version(url, 'other.example')).toBe('2')
        expect(await programmed(instance, 'virtualservice/bad')).toContain('False Rejected')
        expect(await programmed(instance)).toContain('False Rejected')
      },
      onlyVersion2,
    )
  })

  test('a server started anew is told again, and the good routes stay', async () => {
    await underTraffic(
      url,
      async () => {
        await killProcess(instance, 'server')
        await until('the refusal is known to the new server', async () =>
          (await instance.weft('proxy-status')).stdout.includes('NO_SUCH_COMMAND'),
        )
        expect(await untilProgrammed('myapp', 'False')).toContain('Rejected')
      },
      onlyVersion2,
    )
  })

  test('the mended object is programmed', async () => {
    await underTraffic(url, async () => {
      await apply(
        virtualService('myapp', '*', [{ subset: 'v1' }], {
          headers: { request: { set: { 'x-note': 'a' } } },
        }),
      )
      await untilProgrammed('myapp', 'True')
      expect(await version(url)).toBe('1')
      await instance.kubectlOk(['delete', 'vs', 'bad'])
      await until('nothing is refused any more', async () => {
        const { stdout } = await instance.weft('proxy-status')
        return stdout.includes('SYNCED') && !stdout.includes('NACK')
      })
    })
  })
})
