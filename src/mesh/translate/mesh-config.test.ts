import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../view/proxy-view.ts'
import { translateMeshConfig } from './mesh-config.ts'

const translate = (text: string) => {
  const translated = translateMeshConfig(text, DEFAULT_SETTINGS)
  if (!translated.ok) throw new Error(translated.error)
  return translated.value
}

/** As Istio prints it in its documentation. */
const DOCUMENTED =
  '[%START_TIME%] \\"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\\" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%\n' +
  '\\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \\"%REQ(X-FORWARDED-FOR)%\\" \\"%REQ(USER-AGENT)%\\" \\"%REQ(X-REQUEST-ID)%\\"\n' +
  '\\"%REQ(:AUTHORITY)%\\" \\"%UPSTREAM_HOST%\\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\\n'

describe('meshConfig', () => {
  test('an empty one is the default: no access log, everything passes', () => {
    const { settings, remarks } = translate('')
    expect(settings).toMatchObject({ unknownDestinations: 'pass', detectionMilliseconds: 0 })
    expect(settings.accessLog).toBeUndefined()
    expect(settings.logProviders.map(({ provider }) => provider)).toEqual(['envoy'])
    expect(remarks).toEqual([])
  })

  test('accessLogFile has the documented format', () => {
    const { settings } = translate('accessLogFile: /dev/stdout')
    expect(settings.accessLog).toMatchObject({
      path: '/dev/stdout',
      format: {
        kind: 'text',
        text: DOCUMENTED.replaceAll('\n', ' ').replaceAll('\\"', '"').replaceAll('\\n', '\n'),
      },
    })
  })

  test('a format of its own gets the line break that it lacks', () => {
    const { settings } = translate('accessLogFile: /a\naccessLogFormat: "%PROTOCOL%"')
    expect(settings.accessLog?.format).toEqual({ kind: 'text', text: '%PROTOCOL%\n' })
  })

  test('JSON: the fields given, or the default ones where they cannot be read', () => {
    const given = translate(
      `accessLogFile: /a\naccessLogEncoding: JSON\naccessLogFormat: '{"p": "%PROTOCOL%"}'`,
    )
    expect(given.settings.accessLog?.format).toEqual({ kind: 'json', fields: { p: '%PROTOCOL%' } })
    const broken = translate('accessLogFile: /a\naccessLogEncoding: JSON\naccessLogFormat: "%PROTOCOL%"')
    expect(broken.settings.accessLog?.format).toMatchObject({
      kind: 'json',
      fields: { method: '%REQ(:METHOD)%' },
    })
    expect(broken.remarks).toEqual([expect.stringContaining('the default is used')])
  })

  test('providers: the built-in one follows the format, others have their own', () => {
    const { settings, remarks } = translate(`
accessLogFormat: "%PROTOCOL%"
defaultProviders: { accessLogging: [file] }
extensionProviders:
- name: file
  envoyFileAccessLog: { path: /tmp/log, logFormat: { labels: { m: "%REQ(:METHOD)%" } }, omitEmptyValues: true }
- name: otel
  envoyOtelAls: { service: otel, port: 4317 }
`)
    expect(settings.defaultLogProviders).toEqual(['file'])
    expect(settings.logProviders).toEqual([
      {
        provider: 'envoy',
        path: '/dev/stdout',
        format: { kind: 'text', text: '%PROTOCOL%\n' },
        omitEmpty: false,
      },
      {
        provider: 'file',
        path: '/tmp/log',
        format: { kind: 'json', fields: { m: '%REQ(:METHOD)%' } },
        omitEmpty: true,
      },
    ])
    expect(remarks).toEqual([expect.stringContaining('"otel" is not carried out yet')])
  })

  test('what is not carried out is said, unless it asks for what happens anyway', () => {
    const { settings, remarks } = translate(
      'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\nrootNamespace: istio-system\nenableAutoMtls: true\naccesLogFile: /a',
    )
    expect(settings.unknownDestinations).toBe('refuse')
    expect(remarks).toEqual([
      'mesh.enableAutoMtls is not carried out yet: the rest of meshConfig is in effect',
      'mesh.accesLogFile is no field of meshConfig, did you mean accessLogFile?',
    ])
  })

  test.each([
    ['accessLogFile: [', 'mesh is not YAML'],
    ['- a', 'mesh is not an object'],
    ['accessLogEncoding: XML', 'mesh.accessLogEncoding "XML" is not known: write TEXT or JSON'],
    ['outboundTrafficPolicy: { mode: NONE }', 'mesh.outboundTrafficPolicy.mode "NONE" is not known'],
    ['accessLogFile: 3', 'mesh.accessLogFile is not a string'],
    ['protocolDetectionTimeout: 5', 'mesh.protocolDetectionTimeout is not a duration'],
  ])('%s is refused', (text, message) => {
    const translated = translateMeshConfig(text, DEFAULT_SETTINGS)
    expect(translated).toMatchObject({ ok: false, error: expect.stringContaining(message) as unknown })
  })
})
