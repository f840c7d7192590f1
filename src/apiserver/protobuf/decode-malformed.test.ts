import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { decodeProtobufObject } from './decode-object.ts'

// A Deployment as `kubectl create deployment d --image=i --replicas=2 --port=80` sends it.
