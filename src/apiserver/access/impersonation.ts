/** `kubectl --as`: who a request is made for (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation). */
import { refusalWords, serviceAccountUser, type AccessAttributes } from '../../machinery/access-rules.ts'
import { badRequest, forbidden } from '../../machinery/status-errors.ts'
import type { Identity } from '../admission.ts'
import { refuse } from '../api-request.ts'
import { serviceAccountIdentity } from '../bearer-tokens.ts'
import type { Authorizer } from './authorizer.ts'

type Headers = Readonly<Record<string, string | undefined>>

const serviceAccount = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/

const accountOf = (user: string): { readonly namespace: string; readonly name: string } | undefined => {
  const { namespace, name } = serviceAccount.exec(user)?.groups ?? {}
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

const impersonate = (resource: string, name: string, namespace = ''): AccessAttributes => ({
  type: 'resource',
  verb: 'impersonate',
  group: '',
  resource,
  subresource: '',
  name,
  namespace,
})

/** A header that came several times reads as one list. */
const listOf = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const impersonated = (user: string, groups: readonly string[]): Identity => {
  const account = accountOf(user)
  const own = account === undefined ? [] : serviceAccountIdentity(account.namespace, account.name).groups
  const known = groups.length === 0 ? own : groups
  return {
    name: account === undefined ? user : serviceAccountUser(account.namespace, account.name),
    groups: [...new Set([...known, 'system:authenticated'])],
  }
}

/** The user that the request is made for, when it names one and `user` may be that one; throws 403, or 400 for groups alone. */
export const effectiveUser = (authorizer: Authorizer, user: Identity, headers: Headers): Identity => {
  const wanted = headers['impersonate-user'] ?? ''
  const groups = listOf(headers['impersonate-group'])
  if (wanted === '') {
    return groups.length === 0
      ? user
      : refuse(badRequest('Impersonate-Group without Impersonate-User: name the user too (kubectl --as)'))
  }
  const account = accountOf(wanted)
  const checks = [
    account === undefined
      ? impersonate('users', wanted)
      : impersonate('serviceaccounts', account.name, account.namespace),
    ...groups.map((group) => impersonate('groups', group)),
  ]
  for (const check of checks) {
    if (check.type !== 'resource' || authorizer.decide(user, check).allowed) continue
    refuse(forbidden({ group: '', plural: check.resource }, check.name, refusalWords(user, check)))
  }
  return impersonated(wanted, groups)
}
