import { z } from 'zod';
import type { ArmingState, ArmingSubject } from '../../domain/arming.ts';
import { actorOf, type Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { armingBody, armingParams, armingSchema } from '../schemas/arming.ts';
import type { RouteContext } from './context.ts';
import { assertMayChange } from './may-change.ts';
import { maySeeArming, visibleIn } from './visible.ts';

/** Which cameras and watchlists are armed, and orders to arm and disarm them. */
export function armingRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);

  /** @throws GatewayError `NOT_FOUND` for what the caller may not see, `FORBIDDEN` */
  async function assertMayArm({ kind, id }: ArmingSubject, principal: Principal): Promise<void> {
    if (kind === 'watchlist') return assertMayChange(principal, await visible.list(id, principal));
    if (
      !services.arming.list().some((one) => isOf(one, { kind, id }) && maySeeArming(principal, one))
    ) {
      throw new GatewayError('NOT_FOUND', `There is no camera ${id}`);
    }
    if (principal.watchlists === '*') return;
    throw new GatewayError(
      'FORBIDDEN',
      `Cannot arm or disarm the camera ${id}: watchlists beyond those of the token run on it`,
    );
  }

  return [
    route({
      method: 'GET',
      path: '/api/arming',
      role: 'viewer',
      summary: 'Which cameras and watchlists are armed; watchlists from the role operator on',
      answers: { 200: z.object({ arming: z.array(armingSchema) }) },
      handle({ principal }) {
        const all = services.arming.list().filter((one) => maySeeArming(principal, one));
        return { json: { arming: all.map(shown) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/arming/:kind/:id',
      role: 'reviewer',
      summary:
        'Arms or disarms a camera or a watchlist, for some time or until its schedule changes; on record',
      params: armingParams,
      body: armingBody,
      answers: { 200: armingSchema },
      async handle({ principal, params, body }) {
        await assertMayArm(params, principal);
        const { armed, minutes, until } = body;
        const order = { armed, minutes, until };
        return { json: shown(services.arming.order(params, order, actorOf(principal))) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/arming/:kind/:id',
      role: 'reviewer',
      summary: 'Ends an order: the schedule decides, and without one it is armed; on record',
      params: armingParams,
      answers: { 200: armingSchema },
      async handle({ principal, params }) {
        await assertMayArm(params, principal);
        return { json: shown(services.arming.release(params, actorOf(principal))) };
      },
    }),
  ];
}

function isOf(one: ArmingSubject, { kind, id }: ArmingSubject): boolean {
  return one.kind === kind && one.id === id;
}

function shown({ kind, id, armed, cause, by, since, until, scheduled }: ArmingState): ArmingState {
  return { kind, id, armed, cause, by, since, until, scheduled };
}
