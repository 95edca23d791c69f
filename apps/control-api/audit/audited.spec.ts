import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { controlModule } from '../control.module.js';
import { AUDIT, UNAUDITED } from './audited.js';

type Handler = (...args: unknown[]) => unknown;

/** Every handler of a request that may change something, by its controller and name. */
function changing(): [string, Handler][] {
  return controlModule('a-token').controllers!.flatMap((controller) => {
    const prototype = controller.prototype as Record<string, Handler>;
    const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
    return names
      .map((name): [string, Handler] => [`${controller.name}.${name}`, prototype[name]!])
      .filter(([, handler]) => [RequestMethod.POST, RequestMethod.PUT, RequestMethod.DELETE].includes(methodOf(handler)));
  });
}

function methodOf(handler: Handler): RequestMethod {
  return Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
}

describe('the audit log', () => {
  it('is kept by every request that may change something, or says why not', () => {
    const handlers = changing();
    expect(handlers.length).toBeGreaterThan(25);
    const silent = handlers.filter(([, handler]) => !Reflect.hasMetadata(AUDIT, handler) && !Reflect.getMetadata(UNAUDITED, handler));
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
