/** Messages of apps/v1. */
import type { Messages } from './message.ts'

export const appsMessages = {
  Deployment: { metadata: '1 ObjectMeta', spec: '2 DeploymentSpec', status: '3 DeploymentStatus' },
  DeploymentSpec: {
    replicas: '1 !int',
    selector: '2 LabelSelector',
    template: '3 PodTemplateSpec',
    strategy: '4 DeploymentStrategy',
    minReadySeconds: '5 int',
    revisionHistoryLimit: '6 !int',
    paused: '7 bool',
    progressDeadlineSeconds: '9 !int',
  },
  DeploymentStrategy: { type: '1 string', rollingUpdate: '2 RollingUpdateDeployment' },
  RollingUpdateDeployment: { maxUnavailable: '1 !intOrString', maxSurge: '2 !intOrString' },
  DeploymentStatus: {
    observedGeneration: '1 int',
    replicas: '2 int',
    updatedReplicas: '3 int',
    readyReplicas: '7 int',
    availableReplicas: '4 int',
    unavailableReplicas: '5 int',
    conditions: '6 []DeploymentCondition',
    collisionCount: '8 !int',
  },
  DeploymentCondition: {
    type: '1 !string',
    status: '2 !string',
    lastUpdateTime: '6 time',
    lastTransitionTime: '7 time',
    reason: '4 string',
    message: '5 string',
  },
  ReplicaSet: { metadata: '1 ObjectMeta', spec: '2 ReplicaSetSpec', status: '3 ReplicaSetStatus' },
  ReplicaSetSpec: {
    replicas: '1 !int',
    minReadySeconds: '4 int',
    selector: '2 LabelSelector',
    template: '3 PodTemplateSpec',
  },
  ReplicaSetStatus: {
    replicas: '1 !int',
    fullyLabeledReplicas: '2 int',
    readyReplicas: '4 int',
    availableReplicas: '5 int',
    observedGeneration: '3 int',
    conditions: '6 []ReplicaSetCondition',
  },
  ReplicaSetCondition: {
    type: '1 !string',
    status: '2 !string',
    lastTransitionTime: '3 time',
    reason: '4 string',
    message: '5 string',
  },
} as const satisfies Messages
