/** Labels of workloads as Istio checks them in its own objects: like Kubernetes', but values of any length and capitals in the prefix. */
import { invalid } from '../field-error.ts'
import { item } from '../field-path.ts'
import type { Findings } from './when.ts'

const DNS_LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?'
const NAME = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const KEY = new RegExp(`^(?:(?<prefix>${DNS_LABEL}(?:\\.${DNS_LABEL})*)/)?(?<name>${NAME})$`, 'u')
const VALUE = new RegExp(`^(?:${NAME})?$`, 'u')
const LONGEST_PREFIX = 253
const LONGEST_NAME = 63

const keyProblem = (key: string): string | undefined => {
  const parts = KEY.exec(key)?.groups
  if (parts === undefined) {
    return "must be letters, digits, '-', '_' and '.', with a DNS name and '/' before them where wanted (e.g. 'example.com/MyName')"
  }
  if ((parts['prefix'] ?? '').length > LONGEST_PREFIX) return `DNS prefix is too long (max ${LONGEST_PREFIX})`
  return (parts['name'] ?? '').length > LONGEST_NAME ? `name is too long (max ${LONGEST_NAME})` : undefined
}

export const validateWorkloadLabels = (
  path: string,
  labels: Readonly<Record<string, string>> | undefined | null,
): Findings =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const problem = keyProblem(key)
    return [
      ...(problem === undefined ? [] : [invalid(path, key, problem)]),
      ...(VALUE.test(value)
        ? []
        : [
            invalid(
              item(path, key),
              value,
              "must be empty, or letters, digits, '-', '_' and '.' inside them",
            ),
          ]),
    ]
  })
