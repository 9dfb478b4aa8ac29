import { z } from 'zod';
import type { FaceSize, Mask, Zone } from '../domain/camera-scene.ts';
import { areaOf, isSimple, type Polygon } from '../domain/geometry/polygon.ts';
import { motionSensitivities } from '../domain/motion.ts';
import { isTimeZone, type Schedule, type ScheduleTime, weekdays } from '../domain/schedule.ts';
import { boundedDuration } from './duration.ts';

const share = z.number().min(0).max(1);
/** Share of the picture; a smaller area is a slip of the hand. */
const leastArea = 0.0001;
const minutesADay = 1_440;

/** Corners `[x, y]` in shares of the upright picture. */
const polygon = z
  .array(z.tuple([share, share], { error: 'must be [x, y], each from 0 to 1' }))
  .min(3)
  .max(32)
  .transform((points): Polygon => points.map(([x, y]) => ({ x, y })))
  .refine(isSimple, { error: 'must be a polygon whose sides do not cross or touch' })
  .refine((points) => areaOf(points) >= leastArea, {
    error: 'must enclose at least a ten-thousandth of the picture',
  });

/** Whether faces are looked for only where something moves. */
export const motionConfig = z
  .strictObject({
    enabled: z.boolean().default(true),
    sensitivity: z.enum(motionSensitivities).default('medium'),
    /** A picture in which nothing moves is looked at so often. */
    lookEvery: boundedDuration(200, 60_000).prefault('1s'),
    /** While nothing happens only one picture each `lookEvery` is decoded. */
    rest: z.boolean().default(false),
    /** Parts of a large picture that are looked at closer where something moves, at most. */
    closer: z.int().min(0).max(16).default(4),
  })
  .prefault({});

/** A part of the picture in which faces count. */
export const zoneConfig = z
  .strictObject({
    name: z.string().min(1).max(100).optional(),
    points: polygon,
    /** What must be in it: the centre of the face, or where the person stands. */
    by: z.enum(['face', 'foot']).default('face'),
  })
  .transform(({ name, ...zone }): Zone => ({ ...zone, name: name ?? null }));

/** Faces of other sizes are left out; pixels of the camera's picture. */
export const faceSizeConfig = z
  .strictObject({
    by: z.enum(['box', 'eyes']).default('box'),
    smallest: z.number().min(0).max(4000).default(0),
    largest: z.number().min(4).max(8000).optional(),
  })
  .refine(({ smallest, largest }) => largest === undefined || largest > smallest, {
    error: 'must have a "largest" above its "smallest"',
  })
  .transform(({ largest, ...size }): FaceSize => ({ ...size, largest: largest ?? null }));

/** A rectangle or a polygon, blackened before anything sees the picture. */
export const maskConfig = z
  .strictObject({
    x: share.optional(),
    y: share.optional(),
    width: share.gt(0).optional(),
    height: share.gt(0).optional(),
    points: polygon.optional(),
  })
  .transform(({ points, x, y, width, height }, context): Mask => {
    const sides = [x, y, width, height];
    if (points !== undefined) {
      if (sides.every((side) => side === undefined)) return { points };
      return fault(context, 'must be a rectangle or a polygon: x, y, width, height or points');
    }
    if (x === undefined || y === undefined || width === undefined || height === undefined) {
      return fault(context, 'must have x, y, width and height, or points');
    }
    if (x + width > 1 || y + height > 1) {
      return fault(context, 'must lie within the picture: x + width and y + height are 1 at most');
    }
    return { x, y, width, height };
  });

function fault(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

const timeOfDay = z
  .string({ error: 'must be a time of day such as "08:30", "24:00" at most' })
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    error: 'must be a time of day such as "08:30", "24:00" at most',
  })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const scheduleTime = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .max(7)
      .default([...weekdays]),
    from: timeOfDay.refine((minute) => minute < minutesADay, { error: 'must be before "24:00"' }),
    /** Past midnight where it is before `from`. */
    to: timeOfDay,
  })
  .refine(({ from, to }) => from !== to, {
    error: 'must end at another time than it begins; a whole day is from "00:00" to "24:00"',
  }) satisfies z.ZodType<ScheduleTime>;

/** Times of the week. */
export const timesConfig = z.strictObject({
  timeZone: z.string().refine(isTimeZone, {
    error: 'must be the name of a time zone such as "Europe/Berlin"',
  }),
  times: z.array(scheduleTime).min(1).max(32),
});

/** When a camera is analysed. */
export const scheduleConfig = timesConfig
  .extend({
    /** At other times: `disconnect`, or stay `connected`, for the preview. */
    otherwise: z.enum(['disconnect', 'connected']).default('disconnect'),
  })
  .transform(
    ({ otherwise, ...schedule }): Schedule => ({
      ...schedule,
      connected: otherwise === 'connected',
    }),
  );
