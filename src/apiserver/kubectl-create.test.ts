/** The generators of the real kubectl, which send protobuf: the object is the one that the same JSON makes. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority, issueCertificate } from '../identity/certificate-authority.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { allKinds, findKindByName } from '../resources/all-kinds.ts'
import type { Kind } from '../resources/kind.ts'
import { createKubectlRig, type KubectlRig } from './kubectl-rig.conformance.ts'

let rig: KubectlRig

const file = (name: string): string => join(rig.directory, name)

beforeAll(async () => {
  rig = await createKubectlRig()
  const now = Date.now()
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) }
  const authority = await createCertificateAuthority('test-ca', validity)
  const pair = await issueCertificate(authority, {
    ...validity,
    commonName: 'a',
    ipAddresses: [],
    usage: 'server',
  })
  await writeFile(file('tls.crt'), pair.certificate)
  await writeFile(file('tls.key'), pair.privateKey)
  await writeFile(file('text.conf'), 'one\ntwo\n')
  await writeFile(file('bytes.bin'), Uint8Array.of(0, 255, 254, 1))
  for (const name of ['by-kubectl', 'by-json']) {
    await rig.rig.call('POST', '/api/v1/namespaces', { metadata: { name } })
  }
})
afterAll(async () => {
  await rig.close()
})

/** What the server gives each object by itself. */
const ownFields = new Set([
  'uid',
  'creationTimestamp',
  'resourceVersion',
  'managedFields',
  'namespace',
  'clusterIP',
  'clusterIPs',
  'nodePort',
])

const comparable = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items.map(comparable)
  }
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => !ownFields.has(key))
  return Object.fromEntries(kept.map(([key, item]) => [key, comparable(item)]))
}

const parsed = (text: string): JsonObject => {
  const value: JsonValue = JSON.parse(text)
  return isJsonObject(value) ? value : {}
}

const textAt = (object: JsonObject, field: string): string => {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

const kindOf = (object: JsonObject): Kind => {
  const [group, version] = textAt(object, 'apiVersion').split('/')
  const kind = findKindByName(allKinds, version === undefined ? '' : (group ?? ''), textAt(object, 'kind'))
  if (kind === undefined) throw new Error(`no kind for ${JSON.stringify(object)}`)
  return kind
}

const collectionOf = (kind: Kind, namespace: string): string => {
  const root = kind.group === '' ? '/api/v1' : `/apis/${kind.group}/${kind.versions[0] ?? ''}`
  return kind.namespaced ? `${root}/namespaces/${namespace}/${kind.plural}` : `${root}/${kind.plural}`
}

const protobuf = 'Content-Type: application/vnd.kubernetes.protobuf'

interface Both {
  /** The object that the command made. */
  readonly made: JsonValue
  /** What the same command's client-side dry run makes when it is posted as JSON. */
  readonly same: JsonValue
  readonly log: string
}

const bothWays = async (args: readonly string[]): Promise<Both> => {
  const all = [...args, '--namespace=by-kubectl']
  const dry = await rig.kubectl([...all, '--dry-run=client', '-o', 'json'])
  const { metadata, ...object } = parsed(dry.out)
  const { namespace: _namespace, ...rest } = isJsonObject(metadata) ? metadata : {}
  const kind = kindOf(object)
  const query = kind.namespaced ? '' : '?dryRun=All'
  const body = { ...object, metadata: rest }
  const posted = await rig.rig.call('POST', `${collectionOf(kind, 'by-json')}${query}`, body)
  const ran = await rig.kubectl([...all, '-v=8'])
  expect({ args, ...ran, err: ran.code === 0 ? '' : ran.err }).toMatchObject({ code: 0 })
  const url = `${collectionOf(kind, 'by-kubectl')}/${textAt(rest, 'name')}`
  const made = await rig.rig.call('GET', url)
  return { made: comparable(parsed(made.text)), same: comparable(parsed(posted.text)), log: ran.err }
}

describe('kubectl create', () => {
  it.each([
    'namespace made',
    'configmap empty',
    'configmap literals --from-literal=a=1 --from-literal=b= --from-literal=u=ü',
    'configmap files --from-file=text.conf --from-file=key=text.conf --from-file=bytes.bin',
    'secret generic plain --from-literal=password=s3cret --from-file=bytes.bin',
    'secret generic typed --type=example.com/x --from-literal=k=v',
    'secret tls pair --cert=tls.crt --key=tls.key',
    'secret docker-registry pull --docker-server=r.example.com --docker-username=u --docker-password=p',
    'deployment one --image=nginx:1.27',
    'deployment scaled --image=nginx --replicas=3 --port=8080',
    'deployment none --image=nginx --replicas=0',
    'deployment command --image=a --image=b',
    'service clusterip cluster --tcp=80:8080 --tcp=443:https',
    'service clusterip headless --clusterip=None',
    'service nodeport node --tcp=80:8080',
    'service loadbalancer balanced --tcp=80',
    'service externalname outside --external-name=example.com',
    'serviceaccount robot',
    'role reader --verb=get,list --resource=pods,deployments.apps --resource-name=x',
    'rolebinding readers --role=reader --user=u --group=g --serviceaccount=by-kubectl:robot',
    'clusterrole urls --verb=get --non-resource-url=/healthz/*',
    'clusterrole aggregated --aggregation-rule=x=y',
    'clusterrolebinding all --clusterrole=urls --group=g',
    'quota small --hard=pods=10,limits.cpu=2,requests.memory=1Gi --scopes=BestEffort',
    'poddisruptionbudget count --selector=app=a --min-available=1',
    'poddisruptionbudget share --selector=app=a --max-unavailable=50%',
    'priorityclass high --value=1000 --description=x --preemption-policy=Never',
    'ingress routed --class=c --rule=a.example/p*=svc:http,tls=t --rule=b.example/=svc:80 --default-backend=svc:80',
  ])('%s', async (line) => {
    const args = line
      .split(' ')
      .map((word) => word.replace(/(text\.conf|bytes\.bin|tls\.crt|tls\.key)$/, file))
    const { made, same, log } = await bothWays(['create', ...args])
    expect(log).toContain(protobuf)
    expect(made).toEqual(same)
  })

  it('what kubectl sees is what it meant', async () => {
    const dry = parsed(
      (await rig.kubectl(['create', 'cm', 'seen', '--from-literal=a=1', '--dry-run=client', '-o', 'json']))
        .out,
    )
    const made = parsed((await rig.kubectl(['create', 'cm', 'seen', '--from-literal=a=1', '-o', 'json'])).out)
    expect(comparable(made)).toEqual(comparable(dry))
  })

  it.each([
    [
      'priorityclass huge --value=1000000001',
      'maximum allowed value of a user defined priority is 1000000000',
    ],
    ['priorityclass system-mine --value=1', "priority class names with 'system-' prefix are reserved"],
    ['ingress ip --rule=10.0.0.1/=svc:80', 'must be a DNS name, not an IP address'],
    ['quota q --hard=pods=-1', 'must be greater than or equal to 0'],
    ['configmap Not_A_Name', 'a lowercase RFC 1123 subdomain'],
    ['configmap empty', 'configmaps "empty" already exists'],
  ])('says what is wrong: %s', async (line, words) => {
    const ran = await rig.kubectl(['create', ...line.split(' '), '--namespace=by-kubectl'])
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(words)])
  })
})

describe('other generators', () => {
  it('run', async () => {
    const args = ['run', 'p', '--image=nginx', '--port=80', '--env=A=b', '--labels=x=y', '--restart=Never']
    const { made, same } = await bothWays(args)
    expect(made).toEqual(same)
  })

  it('expose', async () => {
    await rig.kubectl(['create', 'deployment', 'exposed', '--image=i', '--namespace=by-kubectl'])
    const { made, same } = await bothWays([
      'expose',
      'deployment',
      'exposed',
      '--port=80',
      '--target-port=http',
    ])
    expect(made).toEqual(same)
  })

  it('delete with options', async () => {
    await rig.kubectl(['run', 'gone', '--image=i'])
    const ran = await rig.kubectl(['delete', 'pod', 'gone', '--grace-period=0', '--force', '--wait=false'])
    expect(ran).toMatchObject({ code: 0 })
    expect((await rig.kubectl(['get', 'pod', 'gone'])).err).toContain('not found')
  })
})

it('leaves nothing in the log of the server', () => {
  expect(rig.rig.logged).toEqual([])
})
