/** All messages that this server reads and writes, and which of them are the bodies of requests. */
import { CodedError } from '../../primitives/coded-error.ts'
import { admissionMessages } from './messages/admission-messages.ts'
import { appsMessages } from './messages/apps-messages.ts'
import { autoscalingMessages } from './messages/autoscaling-messages.ts'
import { batchMessages } from './messages/batch-messages.ts'
import { containerMessages } from './messages/container-messages.ts'
import { coordinationMessages } from './messages/coordination-messages.ts'
import { coreMessages } from './messages/core-messages.ts'
import { discoveryMessages } from './messages/discovery-messages.ts'
import type { Message, Messages } from './messages/message.ts'
import { metaMessages } from './messages/meta-messages.ts'
import { networkingMessages } from './messages/networking-messages.ts'
import { nodeMessages } from './messages/node-messages.ts'
import { persistentVolumeMessages } from './messages/persistent-volume-messages.ts'
import { placementMessages } from './messages/placement-messages.ts'
import { podMessages } from './messages/pod-messages.ts'
import { podStatusMessages } from './messages/pod-status-messages.ts'
import { policyMessages } from './messages/policy-messages.ts'
import { quotaMessages } from './messages/quota-messages.ts'
import { rbacMessages } from './messages/rbac-messages.ts'
import { reviewMessages } from './messages/review-messages.ts'
import { schedulingMessages } from './messages/scheduling-messages.ts'
import { serviceMessages } from './messages/service-messages.ts'
import { statefulMessages } from './messages/stateful-messages.ts'
import { volumeMessages } from './messages/volume-messages.ts'

/** By the name of the Go type; the ports of EndpointSlices have one of their own here, EndpointSlicePort. */
export const allMessages: Messages = {
  ...metaMessages,
  ...coreMessages,
  ...podMessages,
  ...podStatusMessages,
  ...containerMessages,
  ...volumeMessages,
  ...placementMessages,
  ...nodeMessages,
  ...serviceMessages,
  ...admissionMessages,
  ...appsMessages,
  ...statefulMessages,
  ...batchMessages,
  ...persistentVolumeMessages,
  ...autoscalingMessages,
  ...coordinationMessages,
  ...discoveryMessages,
  ...policyMessages,
  ...networkingMessages,
  ...quotaMessages,
  ...rbacMessages,
  ...reviewMessages,
  ...schedulingMessages,
}

const kindsByApiVersion: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'v1',
    [
      'Binding',
      'ConfigMap',
      'Endpoints',
      'Event',
      'LimitRange',
      'Namespace',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'ReplicationController',
      'ResourceQuota',
      'Secret',
      'Service',
      'ServiceAccount',
      'Status',
    ],
  ],
  ['admissionregistration.k8s.io/v1', ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']],
  ['apps/v1', ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['authentication.k8s.io/v1', ['SelfSubjectReview', 'TokenRequest', 'TokenReview']],
  [
    'authorization.k8s.io/v1',
    ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  ],
  ['autoscaling/v1', ['Scale']],
  ['batch/v1', ['CronJob', 'Job']],
  ['coordination.k8s.io/v1', ['Lease']],
  ['discovery.k8s.io/v1', ['EndpointSlice']],
  ['meta.k8s.io/v1', ['PartialObjectMetadata']],
  ['networking.k8s.io/v1', ['Ingress', 'IngressClass', 'NetworkPolicy']],
  ['policy/v1', ['Eviction', 'PodDisruptionBudget']],
  ['rbac.authorization.k8s.io/v1', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']],
  ['scheduling.k8s.io/v1', ['PriorityClass']],
  ['storage.k8s.io/v1', ['StorageClass']],
])

/** The message of this name; throws when the table has none, a mistake of the table. */
export const messageNamed = (name: string): Message => {
  const message = allMessages[name]
  if (message === undefined) {
    throw new CodedError('PROTOBUF_MESSAGE_UNKNOWN', `no message ${name}: add it to protobuf/messages`)
  }
  return message
}

const listSuffix = 'List'

/** The message of a kind or of a list of it; undefined for a kind without one. */
export const messageOfKind = (apiVersion: string, kind: string): Message | undefined => {
  // Registered with every group.
  if (kind === 'DeleteOptions') return messageNamed(kind)
  const kinds = kindsByApiVersion.get(apiVersion) ?? []
  if (kinds.includes(kind)) return messageNamed(kind)
  const item = kind.endsWith(listSuffix) ? kind.slice(0, -listSuffix.length) : ''
  return kinds.includes(item) ? { metadata: '1 ListMeta', items: `2 []${item}` } : undefined
}
