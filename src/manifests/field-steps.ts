/** Paths of field errors as keys and indexes. */

const NEXT = /^(?:\.?(?<field>[^.[\]]+)|\[(?<index>\d+)\]|\[(?<key>[^\]]*)\])/

/** `spec.http[0].headers[x-user]` is spec, http, 0, headers, x-user. What is no path ends the list. */
export const fieldSteps = (path: string): readonly (string | number)[] => {
  const steps: (string | number)[] = []
  let rest = path
  for (let match = NEXT.exec(rest); match !== null && rest !== ''; match = NEXT.exec(rest)) {
    const { field, index, key } = match.groups ?? {}
    steps.push(index === undefined ? (field ?? key ?? '') : Number(index))
    rest = rest.slice(match[0].length)
  }
  return steps
}
