/** What a user wrote into a container that the injector fills: the user's words go over the template's. */
import type { Container } from '../resources/core/container.ts'

const byKey = <T>(below: readonly T[], above: readonly T[], key: (item: T) => string): readonly T[] => {
  const merged = new Map(below.map((item) => [key(item), item]))
  for (const item of above) merged.set(key(item), item)
  return [...merged.values()]
}

/** As a strategic merge patch: env, ports and mounts by their keys, the rest replaced; `image: auto` is the template's. */
export const mergeContainer = (template: Container, own: Container | undefined): Container => {
  if (own === undefined) return template
  const { image, env, ports, volumeMounts, ...rest } = own
  return {
    ...template,
    ...rest,
    ...(image === undefined || image === 'auto' ? {} : { image }),
    env: byKey(template.env ?? [], env ?? [], ({ name }) => name),
    ports: byKey(
      template.ports ?? [],
      ports ?? [],
      ({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`,
    ),
    ...(volumeMounts === undefined && template.volumeMounts === undefined
      ? {}
      : {
          volumeMounts: byKey(template.volumeMounts ?? [], volumeMounts ?? [], ({ mountPath }) => mountPath),
        }),
  }
}
