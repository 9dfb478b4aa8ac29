import type { AcceptancePlan, LightKind } from '../domain/acceptance/walk.ts';
import { NightglassError } from '../domain/errors.ts';
import { awaitsReview } from '../domain/list-review.ts';
import { neededFor } from '../services/acceptance/needed-for.ts';
import { type AcceptanceOptions, planOf } from './acceptance-options.ts';
import { planText, resultsText } from './acceptance-text.ts';
import { commandActor } from './command-actor.ts';
import { assertCameras, countedFaces, testedProgram, withAcceptance } from './with-acceptance.ts';

export interface StartOptions extends Omit<AcceptanceOptions, 'test'>, AcceptancePlan {
  readonly name: string;
  readonly legalBasis: string;
  readonly authorisation: string;
  readonly owner: string;
  readonly until: number;
  readonly camera?: readonly string[];
}

export interface WalkOptions extends AcceptanceOptions {
  readonly camera?: string;
  readonly light?: LightKind;
  readonly from?: number;
  readonly to?: number;
  readonly end?: boolean;
}

export interface FinishOptions extends AcceptanceOptions {
  readonly faces?: readonly string[];
}

/** Prints what a plan needs. @throws NightglassError `BAD_REQUEST` */
export function showPlan(plan: AcceptancePlan, json: boolean): void {
  const needed = neededFor(plan);
  process.stdout.write(
    json ? `${JSON.stringify({ ...plan, ...needed })}\n` : planText(plan, needed),
  );
}

/** Begins a test and prints its id. @throws NightglassError */
export async function startTest(options: StartOptions): Promise<void> {
  await withAcceptance(options, (opened) => {
    const { authorisation, camera, legalBasis, name, owner, until } = options;
    const { tests, watchlists } = opened;
    if (camera !== undefined) assertCameras(camera, opened);
    const plan = planOf(options);
    const test = tests.start(
      {
        ...{ name, legalBasis, authorisation, owner, plan, endsAt: until },
        cameras: camera === undefined ? '*' : [...camera],
      },
      commandActor(),
    );
    const waits = awaitsReview(watchlists.get(test.watchlistId))
      ? `its list ${test.watchlistId} matches nobody until it is put in force ("nightglass watchlists put-in-force")\n`
      : '';
    const ends = new Date(test.endsAt).toISOString();
    process.stdout.write(
      `test ${test.id} (${test.name}) began; all of its volunteers are deleted by ${ends}\n${waits}${planText(plan, neededFor(plan))}`,
    );
  });
}

/** Prints what a test shows so far. @throws NightglassError */
export async function showStatus(
  options: AcceptanceOptions & { readonly json?: boolean },
): Promise<void> {
  await withAcceptance(options, ({ tests }) => {
    if (options.test === undefined && options.json !== true) {
      for (const test of tests.list()) {
        process.stdout.write(`test ${test.id} (${test.name}): ${tests.state(test)}\n`);
      }
    }
    const test = tests.get(options.test);
    const results = tests.results(test.id);
    const { id, name, plan } = test;
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ id, name, plan, state: tests.state(test), results })}\n`
        : resultsText(plan, results),
    );
  });
}

/** @throws NightglassError `USAGE`, and as the service does */
export async function recordWalk(volunteer: number, options: WalkOptions): Promise<void> {
  const { camera, end = false, from, light, to } = options;
  await withAcceptance(options, (opened) => {
    const { loaded, tests } = opened;
    const { id } = tests.get(options.test);
    if (end) {
      if ([camera, from, light, to].some((each) => each !== undefined)) {
        throw new NightglassError(
          'USAGE',
          'Cannot end a walk with --camera, --light, --from, --to',
        );
      }
      const { cameraId } = tests.endWalk(id, volunteer, commandActor());
      process.stdout.write(`volunteer ${volunteer}: the walk past ${cameraId} has ended\n`);
      return;
    }
    if (camera === undefined || light === undefined) {
      throw new NightglassError('USAGE', 'Cannot record a walk without --camera and --light');
    }
    if (to !== undefined && from === undefined) {
      throw new NightglassError('USAGE', 'Cannot record when a walk ended without --from');
    }
    assertCameras([camera], opened);
    tests.addWalk(
      id,
      {
        ...{ volunteer, cameraId: camera, light, endedAt: to ?? null },
        quietMs: loaded.config.alerts.quietPeriod,
        ...(from === undefined ? {} : { startedAt: from }),
      },
      commandActor(),
    );
    const goesOn = to === undefined ? '; end it with --end' : '';
    process.stdout.write(`volunteer ${volunteer}: walk past ${camera} recorded${goesOn}\n`);
  });
}

/** Ends a test and prints what it found. @throws NightglassError */
export async function finishTest(options: FinishOptions): Promise<void> {
  await withAcceptance(options, async (opened) => {
    const { tests } = opened;
    const test = tests.get(options.test);
    const counted = countedFaces(options.faces ?? [], opened);
    const tested = await testedProgram(options, opened);
    const { id, plan } = tests.finish(test.id, { counted, tested }, commandActor());
    process.stdout.write(
      `test ${id} is finished; its volunteers are deleted\n${resultsText(plan, tests.results(id))}`,
    );
  });
}
