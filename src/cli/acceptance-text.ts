import type { AcceptanceResults, WalkRate } from '../domain/acceptance/acceptance-results.ts';
import type { AcceptancePlan } from '../domain/acceptance/walk.ts';
import type { Interval } from '../domain/binomial-interval.ts';
import { textTable } from './text-table.ts';

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const range = ([low, high]: Interval) => `${(low * 100).toFixed(2)}-${percent(high)}`;

/** What a plan needs, for people. */
export function planText(
  { fpir, halfWidth, rate }: AcceptancePlan,
  { faces, walks }: { readonly walks: number; readonly faces: number },
): string {
  return `${walks} walks tell a rate of ${percent(rate)} within ${percent(halfWidth)} (95 % interval);
${faces} faces of strangers without a false alert show that at most ${percent(fpir)} raise one.
Walks of one volunteer are alike: many volunteers with few walks each tell more than the count says.
`;
}

/** What a test shows, for people. */
export function resultsText(plan: AcceptancePlan, results: AcceptanceResults): string {
  const { byCamera, byLight, strangers, strangersByCamera, total } = results;
  const { facesNeeded, fpirShown, openWalks, rateShown, walksNeeded } = results;
  const fpir = strangers.fpir === null ? '-' : percent(strangers.fpir);
  const going = openWalks === 0 ? '' : `; ${openWalks} go on`;
  return `walks: ${total.walks} of ${walksNeeded} by ${total.volunteers} volunteers${going}
${textTable(
  ['walks', 'found', 'TPIR', '95 %', 'by volunteer'],
  [
    walkRow('all', total),
    ...byCamera.map((each) => walkRow(`camera ${each.name}`, each)),
    ...byLight.map((each) => walkRow(`light ${each.name}`, each)),
  ],
)}at least ${percent(plan.rate)} of walks found: ${rateShown}
faces of strangers: ${strangers.faces} of ${facesNeeded}
false alerts: ${strangers.falseAlerts}, FPIR ${fpir} (${range(strangers.interval)})
${strangersByCamera
  .map(
    (each) =>
      `  camera ${each.cameraId}: ${each.falseAlerts} of ${each.faces} (${each.source ?? 'not counted'})\n`,
  )
  .join('')}at most ${percent(plan.fpir)} of faces: ${fpirShown}
`;
}

function walkRow(name: string, { byPerson, found, interval, tpir, walks }: WalkRate): string[] {
  return [
    name,
    `${found}/${walks}`,
    tpir === null ? '-' : percent(tpir),
    range(interval),
    byPerson === null ? '-' : range(byPerson),
  ];
}
