import { findProgram, requiredPrograms, type ProgramRequirement } from '../host-programs.ts'
import { fine, missing, warning, type HostFinding } from './finding.ts'

/** A command to install a Debian package, and the hint for everybody else. */
const installAdvice = (debianPackage: string): string =>
  `install it with your package manager (Debian, Ubuntu: sudo apt-get install -y ${debianPackage})`

/** What a program's absence means. */
export const missingProgram = ({ program, purpose, debianPackage }: ProgramRequirement): HostFinding =>
  missing(program, `this host lacks ${program} (${purpose})`, installAdvice(debianPackage))

/** The programs that the cluster cannot do without. */
export const requiredProgramFindings = (searchPath: string): readonly HostFinding[] =>
  requiredPrograms.map((requirement) => {
    const path = findProgram(requirement.program, searchPath)
    return path === undefined ? missingProgram(requirement) : fine(requirement.program, path)
  })

const optionalPrograms: readonly ProgramRequirement[] = [
  { program: 'kubectl', debianPackage: 'kubernetes-client', purpose: 'talking to the cluster' },
  {
    program: 'python3',
    debianPackage: 'python3',
    purpose: 'TCP from pods to the outside, terminals of kubectl exec -it, and fetching Envoy',
  },
]

export const optionalProgramFindings = (searchPath: string): readonly HostFinding[] =>
  optionalPrograms.map(({ program, purpose, debianPackage }) => {
    const path = findProgram(program, searchPath)
    if (path !== undefined) return fine(program, path)
    const advice =
      program === 'kubectl'
        ? 'install it: https://kubernetes.io/docs/tasks/tools/'
        : installAdvice(debianPackage)
    return warning(program, `this host lacks ${program} (${purpose})`, advice)
  })

/** The oldest Node that runs Weft (package.json, engines). */
const oldestNode: readonly [number, number] = [20, 19]

/** `version`: such as `20.19.0`. */
export const nodeFinding = (version: string): HostFinding => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isRecent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return isRecent
    ? fine('Node.js', version)
    : missing(
        'Node.js',
        `Node.js ${version} is too old`,
        `install ${oldestNode.join('.')} or newer: https://nodejs.org`,
      )
}
