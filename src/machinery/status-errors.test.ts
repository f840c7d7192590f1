import { describe, expect, it } from 'vitest'
import { type ApiError, isApiError, statusObject } from './api-error.ts'
import * as errors from './status-errors.ts'

const pods = { group: '', plural: 'pods' }
const deployments = { group: 'apps', plural: 'deployments' }

describe('status errors', () => {
  it.each<[ApiError, number, string, string]>([
    [errors.notFound(pods, 'x'), 404, 'NotFound', 'pods "x" not found'],
    [errors.pathNotFound(), 404, 'NotFound', 'the server could not find the requested resource'],
    [errors.alreadyExists(deployments, 'x'), 409, 'AlreadyExists', 'deployments.apps "x" already exists'],
    [
      errors.generateNameConflict(pods, 'x-1'),
      409,
      'AlreadyExists',
      'pods "x-1" already exists, the server was not able to generate a unique name for the object',
    ],
    [
      errors.conflict(deployments, 'x'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [errors.badRequest('no'), 400, 'BadRequest', 'no'],
    [
      errors.namespaceMismatch(),
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      errors.nameMismatch('a', 'b'),
      400,
      'BadRequest',
      'the name of the object (a) does not match the name on the URL (b)',
    ],
    [
      errors.methodNotAllowed(),
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ],
    [
      errors.notAcceptable(['application/json']),
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json',
    ],
    [
      errors.unsupportedMediaType(['application/json', 'application/yaml']),
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    ],
    [errors.unauthorized(), 401, 'Unauthorized', 'Unauthorized'],
    [errors.forbidden(pods, '', 'because'), 403, 'Forbidden', 'pods is forbidden: because'],
    [errors.forbidden(pods, 'x', 'because'), 403, 'Forbidden', 'pods "x" is forbidden: because'],
    [errors.tooOldResourceVersion(3, 9), 410, 'Expired', 'too old resource version: 3 (9)'],
    [
      errors.continueTokenExpired('next'),
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    ],
    [errors.listVersionExpired(), 410, 'Expired', 'The resourceVersion for the provided list is too old.'],
    [
      errors.resourceVersionInFuture(9, 3),
      504,
      'Timeout',
      'Timeout: Too large resource version: 9, current: 3',
    ],
    [
      errors.entityTooLarge(3_145_728),
      413,
      'RequestEntityTooLarge',
      'Request entity too large: limit is 3145728',
    ],
    [errors.serviceUnavailable('soon'), 503, 'ServiceUnavailable', 'soon'],
    [errors.internalError('boom'), 500, 'InternalError', 'Internal error occurred: boom'],
    [errors.patchFailed({ kind: 'malformed', message: 'm' }), 400, 'BadRequest', 'm'],
    [
      errors.patchFailed({ kind: 'inapplicable', message: 'm' }),
      422,
      'Invalid',
      'the server rejected our request due to an error in our request: m',
    ],
  ])('%s', (error, code, reason, message) => {
    expect(error.status).toMatchObject({ code, reason, message })
    expect(isApiError(error, code)).toBe(true)
  })

  it('name the object in their details', () => {
    expect(statusObject(errors.notFound(deployments, 'x').status)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'deployments.apps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', group: 'apps', kind: 'deployments' },
      code: 404,
    })
  })

  it('list what is invalid, with causes', () => {
    const one = {
      field: 'spec.replicas',
      reason: 'FieldValueInvalid',
      value: -1,
      message: 'must be greater than or equal to 0',
    } as const
    const two = { field: 'spec.selector', reason: 'FieldValueRequired', message: '' } as const
    const three = {
      field: 'spec.type',
      reason: 'FieldValueNotSupported',
      value: 'x',
      message: 'supported values: "A"',
    } as const
    expect(errors.invalid({ group: 'apps', kind: 'Deployment' }, 'x', [one]).status).toEqual({
      code: 422,
      reason: 'Invalid',
      message:
        'Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      details: {
        name: 'x',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: -1: must be greater than or equal to 0',
            field: 'spec.replicas',
          },
        ],
      },
    })
    expect(errors.invalid({ group: '', kind: 'Service' }, 'x', [one, two, three, two]).status.message).toBe(
      'Service "x" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.selector: Required value, spec.type: Unsupported value: "x": supported values: "A"]',
    )
  })
})
