import type { DeployedList, DeploymentRecord, StatedDeployment } from './deployment-record.ts';
import type { Block, ReportDocument } from './report-document.ts';

/** The deployment record for people. */
export function deploymentDocument(record: DeploymentRecord): ReportDocument {
  return {
    title: `Deployment record${record.stated.name === undefined ? '' : `: ${record.stated.name}`}`,
    intro: [
      `Made ${iso(record.madeAt)} by Nightglass ${record.version}, from its configuration, its database and its audit log.`,
    ],
    sections: [
      { title: 'Where, why and who', blocks: [statedFacts(record.stated), versionsText(record)] },
      { title: 'Watchlists', blocks: [...listBlocks(record.watchlists), thresholdNote] },
      { title: 'Cameras', blocks: [camerasTable(record)] },
      {
        title: 'People and accounts',
        blocks: [staffBlock(record.stated), accountsTable(record)],
      },
      {
        title: 'Who else is sent something',
        blocks: [processorsTable(record), receiversTable(record)],
      },
      { title: 'Models', blocks: [modelsTable(record)] },
      { title: 'Settings and times', blocks: [settingsFacts(record)] },
      { title: 'Measures of protection', blocks: [measuresTable(record)] },
    ],
  };
}

const thresholdNote: Block = {
  kind: 'text',
  text: 'The threshold of a list follows from its rate of false alarms and from how many people are on it, unless a fixed one is set.',
};

/** Who answers for it, where, since when and why. */
export function statedFacts(stated: StatedDeployment): Block {
  const contact = (of: { name: string; contact: string } | undefined) =>
    of === undefined ? null : `${of.name}, ${of.contact}`;
  return {
    kind: 'facts',
    rows: [
      ['Name', stated.name ?? null],
      ['Place', stated.place ?? null],
      ['Purpose', stated.purpose ?? null],
      ['In use since', stated.since ?? null],
      ['Operator (controller)', contact(stated.operator)],
      ['Data protection officer', contact(stated.dataProtectionOfficer)],
      ['How those who pass are told', stated.notice ?? null],
      ['Oversight', stated.oversight ?? null],
    ],
  };
}

function versionsText({ versions }: DeploymentRecord): Block {
  const text =
    versions.length === 0
      ? 'What is stated here is not in the audit log yet: the program has not run with it.'
      : `Changed ${versions.map(({ at, sequence }) => `${iso(at)} (record ${sequence} of the audit log)`).join(', ')}.`;
  return { kind: 'text', text };
}

/** What each list is for, and by what it reports. */
export function listBlocks(lists: readonly DeployedList[]): Block[] {
  if (lists.length === 0) return [{ kind: 'text', text: 'There is no watchlist.' }];
  return lists.map((list) => ({
    kind: 'facts',
    rows: [
      ['Watchlist', `${list.name} (${list.state})`],
      ['Purpose', list.purpose],
      ['Legal basis', list.legalBasis],
      ['Authorisation', list.authorisation],
      ['Owner', list.owner],
      ['People on it', String(list.people)],
      ['Cameras', allOr(list.cameras)],
      ['Uses', list.uses.join(', ')],
      ['Tolerated false alarms', `1 in ${Math.round(1 / list.fpir)} searches of people not on it`],
      ['Fixed threshold', list.fixedThreshold === null ? 'none' : String(list.fixedThreshold)],
      ['Alerts are kept', `${list.retentionDays} days`],
      ['Expires', list.expiresAt === null ? 'never' : iso(list.expiresAt)],
      ['An alert is decided by', list.twoPersonReview ? 'two people' : 'one person'],
      [
        'Put in force by',
        list.confirmed === null
          ? list.state === 'waits for review'
            ? 'nobody yet'
            : 'nobody on record: no review was asked for'
          : `${list.confirmed.by} (${list.confirmed.as}), ${iso(list.confirmed.at)}`,
      ],
    ],
  }));
}

/** Each camera, what it is there for, and whom it looks for. */
export function camerasTable({ cameras, watchlists }: DeploymentRecord): Block {
  const names = new Map(watchlists.map(({ id, name }) => [id, name]));
  return {
    kind: 'table',
    none: 'There is no camera.',
    head: ['Camera', 'Name', 'Purpose', 'Lists in force', 'Set up in', 'In use'],
    rows: cameras.map(({ enabled, from, id, name, purpose, watchlists: on }) => [
      ...[id, name, purpose, on.map((list) => names.get(list) ?? list).join(', ') || 'none'],
      ...[from, enabled ? 'yes' : 'no'],
    ]),
  };
}

function staffBlock({ staff }: StatedDeployment): Block {
  if (staff.length === 0)
    return { kind: 'open', why: 'who works with it, and how they were trained' };
  return {
    kind: 'table',
    none: 'Nobody.',
    head: ['Name', 'Role', 'Training'],
    rows: staff.map(({ name, role, training }) => [name, role, training ?? null]),
  };
}

/** Accounts that the program knows. */
export function accountsTable({ accounts }: DeploymentRecord): Block {
  return {
    kind: 'table',
    none: 'No account: only visitors of a gateway that is open on loopback.',
    head: ['Name', 'Kind', 'Role', 'Cameras', 'Lists', 'Further rights', 'Since', 'Until'],
    rows: accounts.map(
      ({ kind, name, role, cameras, watchlists, scopes, createdAt, expiresAt }) => [
        ...[name, kind, role, allOr(cameras), allOr(watchlists), scopes.join(', ') || 'none'],
        ...[iso(createdAt), expiresAt === null ? 'no end' : iso(expiresAt)],
      ],
    ),
  };
}

/** Others who handle its data, as stated. */
export function processorsTable({ stated }: DeploymentRecord): Block {
  return {
    kind: 'table',
    none: 'No others who handle its data are stated.',
    head: ['Others who handle its data', 'Contact', 'What they do'],
    rows: stated.processors.map(({ name, contact, what }) => [name, contact, what]),
  };
}

/** Receivers outside. */
export function receiversTable({ receivers }: DeploymentRecord): Block {
  return {
    kind: 'table',
    none: 'Nobody outside is sent alerts.',
    head: ['Receiver of alerts', 'By', 'Names', 'Scores', 'Pictures'],
    rows: receivers.map(({ id, by, names, scores, pictures }) => [
      ...[id, by, names ? 'yes' : 'no', scores ? 'yes' : 'no', pictures.join(', ') || 'none'],
    ]),
  };
}

function modelsTable({ models }: DeploymentRecord): Block {
  return {
    kind: 'table',
    none: 'No models.',
    head: ['Task', 'Model', 'Version', 'Precision', 'SHA-256'],
    rows: models.map(({ task, model, version, precision, sha256 }) => [
      ...[task, model, version, precision, sha256],
    ]),
  };
}

/** Settings that decide who is found and what is kept. */
export function settingsFacts({ settings }: DeploymentRecord): Block {
  return { kind: 'facts', rows: settings };
}

/** Measures of protection and whether they are in use. */
export function measuresTable({ measures }: DeploymentRecord): Block {
  return {
    kind: 'table',
    none: 'No measures.',
    head: ['Measure', 'In use', 'How'],
    rows: measures.map(({ name, inUse, detail }) => [name, inUse ? 'yes' : 'NO', detail]),
  };
}

function allOr(of: '*' | readonly string[]): string {
  return of === '*' ? 'all' : of.join(', ');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
