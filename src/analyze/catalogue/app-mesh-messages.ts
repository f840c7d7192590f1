/** Our own messages about objects of App Mesh. */
import type { MessageRow } from './message-row.ts'

export const appMeshMessages = {
  WFT0301: {
    name: 'AppMeshReferenceNotFound',
    level: 'Error',
    template: 'There is no %s %s',
    description:
      'An object of App Mesh refers to one that does not exist, and takes no effect until it does.',
    remedy: 'Write the name, and the namespace, of one that exists.',
  },
  WFT0302: {
    name: 'AppMeshTargetPortNotFound',
    level: 'Error',
    template: 'VirtualNode %s does not listen on port %d',
    description: 'The port of a weighted target is that of a listener of its VirtualNode.',
    remedy: 'Write a port of the listeners, or leave it out.',
  },
  WFT0303: {
    name: 'AppMeshRouteWithoutWeight',
    level: 'Warning',
    template: 'All targets of route %s have weight 0: its requests go nowhere',
    description:
      'A route spreads its requests by the weights of its targets; with none above 0 there is no target.',
    remedy: 'Give one of the targets a weight above 0.',
  },
  WFT0304: {
    name: 'AppMeshNamespaceWithoutMesh',
    level: 'Error',
    template: 'Namespace %s is selected by %s, and must be by exactly one Mesh',
    description:
      "The controller fills meshRef from the Mesh whose namespaceSelector selects the object's namespace, and refuses the object where that is not one.",
    remedy: "Give the namespace the labels of the Mesh's namespaceSelector.",
  },
} as const satisfies Readonly<Record<string, MessageRow>>
