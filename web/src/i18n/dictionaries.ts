import { alerts as alertsEn } from './en/alerts.ts';
import { arming as armingEn } from './en/arming.ts';
import { assessment as assessmentEn } from './en/assessment.ts';
import { calibration as calibrationEn } from './en/calibration.ts';
import { cameras as camerasEn } from './en/cameras.ts';
import { drift as driftEn } from './en/drift.ts';
import { factors as factorsEn } from './en/factors.ts';
import { footage as footageEn } from './en/footage.ts';
import { forms as formsEn } from './en/forms.ts';
import { learning as learningEn } from './en/learning.ts';
import { profile as profileEn } from './en/profile.ts';
import { push as pushEn } from './en/push.ts';
import { quality as qualityEn } from './en/quality.ts';
import { receivers as receiversEn } from './en/receivers.ts';
import { review as reviewEn } from './en/review.ts';
import { scene as sceneEn } from './en/scene.ts';
import { search as searchEn } from './en/search.ts';
import { shell as shellEn } from './en/shell.ts';
import { shifts as shiftsEn } from './en/shifts.ts';
import { sites as sitesEn } from './en/sites.ts';
import { subject as subjectEn } from './en/subject.ts';
import { system as systemEn } from './en/system.ts';
import type { Text } from './en/text.ts';
import { users as usersEn } from './en/users.ts';
import { wall as wallEn } from './en/wall.ts';
import { watchlists as watchlistsEn } from './en/watchlists.ts';
import type { Language } from './language.ts';
import { alerts as alertsZh } from './zh/alerts.ts';
import { arming as armingZh } from './zh/arming.ts';
import { assessment as assessmentZh } from './zh/assessment.ts';
import { calibration as calibrationZh } from './zh/calibration.ts';
import { cameras as camerasZh } from './zh/cameras.ts';
import { drift as driftZh } from './zh/drift.ts';
import { factors as factorsZh } from './zh/factors.ts';
import { footage as footageZh } from './zh/footage.ts';
import { forms as formsZh } from './zh/forms.ts';
import { learning as learningZh } from './zh/learning.ts';
import { profile as profileZh } from './zh/profile.ts';
import { push as pushZh } from './zh/push.ts';
import { quality as qualityZh } from './zh/quality.ts';
import { receivers as receiversZh } from './zh/receivers.ts';
import { review as reviewZh } from './zh/review.ts';
import { scene as sceneZh } from './zh/scene.ts';
import { search as searchZh } from './zh/search.ts';
import { shell as shellZh } from './zh/shell.ts';
import { shifts as shiftsZh } from './zh/shifts.ts';
import { sites as sitesZh } from './zh/sites.ts';
import { subject as subjectZh } from './zh/subject.ts';
import { system as systemZh } from './zh/system.ts';
import { users as usersZh } from './zh/users.ts';
import { wall as wallZh } from './zh/wall.ts';
import { watchlists as watchlistsZh } from './zh/watchlists.ts';

const english = {
  alerts: alertsEn,
  arming: armingEn,
  assessment: assessmentEn,
  profile: profileEn,
  calibration: calibrationEn,
  cameras: camerasEn,
  drift: driftEn,
  factors: factorsEn,
  footage: footageEn,
  forms: formsEn,
  learning: learningEn,
  push: pushEn,
  quality: qualityEn,
  receivers: receiversEn,
  review: reviewEn,
  scene: sceneEn,
  search: searchEn,
  shell: shellEn,
  shifts: shiftsEn,
  sites: sitesEn,
  subject: subjectEn,
  system: systemEn,
  users: usersEn,
  wall: wallEn,
  watchlists: watchlistsEn,
};

type English = typeof english;

/** All texts, by language and area. */
export const dictionaries: Record<
  Language,
  { readonly [A in keyof English]: { readonly [K in keyof English[A]]: Text } }
> = {
  en: english,
  zh: {
    alerts: alertsZh,
    arming: armingZh,
    assessment: assessmentZh,
    profile: profileZh,
    calibration: calibrationZh,
    cameras: camerasZh,
    drift: driftZh,
    factors: factorsZh,
    footage: footageZh,
    forms: formsZh,
    learning: learningZh,
    push: pushZh,
    quality: qualityZh,
    receivers: receiversZh,
    review: reviewZh,
    scene: sceneZh,
    search: searchZh,
    shell: shellZh,
    shifts: shiftsZh,
    sites: sitesZh,
    subject: subjectZh,
    system: systemZh,
    users: usersZh,
    wall: wallZh,
    watchlists: watchlistsZh,
  },
};

/** `area.name` of a text. */
export type TextKey = {
  [A in keyof English & string]: `${A}.${keyof English[A] & string}`;
}[keyof English & string];
