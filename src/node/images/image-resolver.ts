/** Images without a container engine: an image's name leads to a program of this machine. */
import type { Container } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'

/** Where a prepared directory shows in the container. */
export const preparedPath = '/run/weft/image'

export interface PrepareContext {
  readonly pod: Pod
  readonly container: Container
  readonly podIp: string
  /** What the container's environment will be. */
  readonly env: Readonly<Record<string, string>>
  /** A directory of the host, mounted at `preparedPath` in the container; files written here are there at its start. */
  readonly directory: string
}

/** Words and variables that only the pod decides; they replace the image's, before the pod's own command and args apply. */
export interface Prepared {
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The whole command line, in place of the image's words and of the pod's: the program has read them already. */
  readonly argv?: readonly string[]
}

/** What a container image would say, and the program that stands for it. */
export interface ResolvedImage {
  /** The status's imageID. */
  readonly id: string
  /** The program of this machine that runs in the image's place, for people. */
  readonly standIn: string
  readonly command: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workdir?: string
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Directories of the host that the program needs at the same place, read-only (beside /usr, /opt, /etc). */
  readonly visible?: readonly string[]
  /** Files and directories of the host that the program needs at a place of its own, read-only. */
  readonly shown?: readonly { readonly source: string; readonly path: string }[]
  /** Directories of the image that containers can write to. */
  readonly directories?: readonly string[]
  /** Links of the image: where each leads. */
  readonly links?: Readonly<Record<string, string>>
  /** Bytes that the stand-in's runtime takes and the image's own program would not: memory limits grow by them. */
  readonly runtimeMemory?: number
  /** Before each start; what it throws shows as CreateContainerError and is tried again. */
  readonly prepare?: (context: PrepareContext, signal: AbortSignal) => Promise<Prepared | undefined>
  /** After the preStop hook and before SIGTERM; the signal aborts when the grace period is over. Must not reject. */
  readonly windDown?: (context: WindDownContext, signal: AbortSignal) => Promise<void>
}

/** A container that is about to be told to end. */
export interface WindDownContext {
  readonly container: Container
  readonly podIp: string
}

export interface ImageResolver {
  /** Undefined: this resolver does not know the image. */
  readonly resolve: (image: string) => Promise<ResolvedImage | undefined>
  /** Calls back when an image that was unknown may be known now. */
  readonly onChange?: (listener: () => void, signal: AbortSignal) => void
}

/** Asks the resolvers in order; the first that knows the image wins. */
export const firstResolver = (resolvers: readonly ImageResolver[]): ImageResolver => ({
  resolve: async (image) => {
    for (const resolver of resolvers) {
      const found = await resolver.resolve(image)
      if (found !== undefined) return found
    }
    return undefined
  },
  onChange: (listener, signal) => {
    for (const resolver of resolvers) resolver.onChange?.(listener, signal)
  },
})

/** What a pod with an unknown image shows: what is missing and what to write. */
export const unknownImageMessage = (image: string): string =>
  `image ${JSON.stringify(image)} is neither in the catalogue nor mapped to a local program: map it with "weft image add ${image} -- COMMAND [ARGS...]"`
