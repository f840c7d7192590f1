/** PUT: a whole object in place of the stored one. */
import type { ApiContext, ObjectTarget } from './api-context.ts'
import type { ApiAnswer, ApiRequest } from './api-request.ts'
import { objectValue, withWarnings } from './body-value.ts'
import { decodeObject } from './decode-object.ts'
import { trackUpdate } from './field-managers.ts'
import { objectAnswer } from './object-answer.ts'
import { updateObject } from './update-object.ts'
import { writeOptionsOf } from './write-options.ts'

/** PUT of an object or of its status. */
export const replaceObject = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
  part: 'main' | 'status',
): Promise<ApiAnswer> => {
  const options = writeOptionsOf(request)
  const decoded = decodeObject(context, target, await objectValue(request, target, options), options)
  const object = await updateObject(context, target, {
    options,
    part,
    replaces: true,
    propose: () => decoded,
    track: (changed, old) => trackUpdate(context, target, { object: changed, old, options }),
  })
  const answer = objectAnswer(200, object, { kind: target.kind, request, now: context.clock.now() })
  return withWarnings(answer, options)
}
