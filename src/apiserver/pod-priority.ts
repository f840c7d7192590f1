/** The Priority admission of Kubernetes: spec.priority and spec.preemptionPolicy of a new pod, from its class. */
import { forbidden } from '../machinery/status-errors.ts'
import { fail, ok } from '../primitives/result.ts'
import type { Kind } from '../resources/kind.ts'
import type { PriorityClass } from '../resources/scheduling/priority-class.ts'
import { systemPriorities } from '../resources/scheduling/priority-class.ts'
import type { Store } from '../store/store.ts'
import type { Mutator } from './admission.ts'
import { decodeStored, keyPrefix, objectKey, section } from './stored-object.ts'

type Priority = Pick<PriorityClass, 'value' | 'preemptionPolicy'> & { readonly name?: string }

const none: Priority = { value: 0 }

/** A mutator for new pods; refuses one whose class is not there. */
export const podPriority = (store: Pick<Store, 'get' | 'range'>, kinds: readonly Kind[]): Mutator => {
  const kind = kinds.find((each) => each.kind === 'PriorityClass')
  // The kind's schema has accepted what is stored.
  const decode = (stored: { readonly value: string; readonly revision: number }): PriorityClass | undefined =>
    kind && (decodeStored(kind, 'scheduling.k8s.io/v1', stored) as unknown as PriorityClass)
  const named = (name: string): Priority | undefined => {
    const stored = kind && store.get(objectKey(kind, undefined, name))
    const value = systemPriorities.get(name)
    return stored === undefined ? (value === undefined ? undefined : { value }) : decode(stored)
  }
  const usual = (): Priority => {
    const classes = kind === undefined ? [] : store.range(keyPrefix(kind)).items.map(decode)
    const [lowest] = classes
      .flatMap((each) => (each?.globalDefault === true ? [each] : []))
      .toSorted((left, right) => left.value - right.value)
    return lowest === undefined ? none : { ...lowest, name: lowest.metadata.name }
  }
  return ({ kind: { group, plural }, operation, subresource, object }) => {
    if (group !== '' || plural !== 'pods' || operation !== 'CREATE' || subresource !== undefined)
      return ok(object)
    const spec = section(object, 'spec')
    const asked = typeof spec['priorityClassName'] === 'string' ? spec['priorityClassName'] : ''
    const priority = asked === '' ? usual() : named(asked)
    if (priority === undefined) {
      const why = `no PriorityClass with name ${asked} was found`
      return fail(forbidden({ group: '', plural: 'pods' }, object.metadata.name, why).status)
    }
    const policy = priority.preemptionPolicy ?? 'PreemptLowerPriority'
    const className = priority.name ?? asked
    return ok({
      ...object,
      ...{
        spec: {
          ...spec,
          ...(className === '' ? {} : { priorityClassName: className }),
          priority: priority.value,
          preemptionPolicy: policy,
        },
      },
    })
  }
}
