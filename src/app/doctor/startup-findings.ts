import { currentUser } from '../host-user.ts'
import type { HostFinding } from './finding.ts'
import { namespaceFinding, namespaceSettings, tryNamespaces, userRangeFinding } from './namespace-findings.ts'
import { requiredProgramFindings } from './program-findings.ts'

/** Programs and namespaces: what decides whether anything can be started at all. */
export const startupFindings = async (searchPath: string): Promise<readonly HostFinding[]> => {
  const programs = requiredProgramFindings(searchPath)
  // Without them the trial fails for their sake.
  if (programs.some(({ level }) => level === 'missing')) return programs
  const user = currentUser()
  return [
    ...programs,
    namespaceFinding(user, await tryNamespaces(user, searchPath), namespaceSettings()),
    userRangeFinding(user, searchPath),
  ]
}
