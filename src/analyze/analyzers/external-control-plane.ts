/** Webhooks of an external control plane whose address is missing or an IP address. */
import { objectAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { isIpAddress } from '../../resources/meta/ip-address.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'
import { webhooksOf } from '../webhooks.ts'

/** The host of `https://host:port/path`, without brackets; undefined for text of another form. */
const hostOf = (url: string): string | undefined => {
  const authority = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/(?<host>\[[^\]]*\]|[^:/?#]*)(?::\d*)?(?:[/?#]|$)/.exec(
    url,
  )
  if (authority !== null) return (authority.groups?.['host'] ?? '').replaceAll(/[[\]]/g, '')
  return /^[^\s:]*$/.test(url) ? '' : undefined
}

const analyzeWebhook = (subject: AnalysisObject, webhook: JsonObject, field: string): readonly Finding[] => {
  const name = textAt(webhook, 'name') ?? ''
  const client = objectAt(webhook, 'clientConfig')
  const url = textAt(client, 'url')
  const place = { field: `${field}.clientConfig` }
  if (url === undefined) {
    return objectAt(client, 'service') === undefined
      ? [finding('IST0163', subject, ['', name, 'is blank'], place)]
      : []
  }
  const host = hostOf(url)
  if (host === undefined) {
    return [finding('IST0163', subject, [url, name, 'was provided in an invalid format'], place)]
  }
  return isIpAddress(host) ? [finding('IST0164', subject, [url, name], place)] : []
}

const analyzeObject = (subject: AnalysisObject): readonly Finding[] =>
  webhooksOf(subject).flatMap((webhook, index) => analyzeWebhook(subject, webhook, `webhooks[${index}]`))

export const externalControlPlane: Analyzer = {
  name: 'externalcontrolplane.ExternalControlPlaneAnalyzer',
  description: 'Checks the address of an external control plane',
  codes: ['IST0163', 'IST0164'],
  analyze: (set) => [
    ...set
      .of(kinds.validatingWebhook)
      .filter(({ name }) => name === 'istiod-default-validator' || name.startsWith('istio-validator'))
      .flatMap(analyzeObject),
    ...set
      .of(kinds.mutatingWebhook)
      .filter(({ name }) => name.startsWith('istio-sidecar-injector'))
      .flatMap(analyzeObject),
  ],
}
