import {
  accountsTable,
  camerasTable,
  listBlocks,
  measuresTable,
  processorsTable,
  receiversTable,
  settingsFacts,
  statedFacts,
} from './deployment-document.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import type { Block, ReportDocument } from './report-document.ts';
import type { TransparencyReport } from './transparency-report.ts';

const text = (of: string): Block => ({ kind: 'text', text: of });
const open = (why: string): Block => ({ kind: 'open', why });

type Section = ReportDocument['sections'][number];

/**
 * A template of a data-protection impact assessment: the contents that article 35(7) of Regulation
 * (EU) 2016/679 asks for, under the headings of CNIL's template and of the criteria that the
 * European data protection board endorsed (WP 248 rev.01, annex 2). What the program knows stands
 * in it, what people have to judge is marked as open.
 * @param figures what was done in the period before
 */
export function dpiaDocument(
  record: DeploymentRecord,
  figures: TransparencyReport,
): ReportDocument {
  return {
    title: `Data protection impact assessment${record.stated.name === undefined ? '' : `: ${record.stated.name}`}`,
    intro: [
      `A template, made ${iso(record.madeAt)} by Nightglass ${record.version} from its configuration, database and audit log. It is no assessment until every mark TO BE FILLED IN is replaced: necessity, proportionality and risks are for the controller to judge, with the advice of the data protection officer.`,
    ],
    sections: [
      ...contextOf(record),
      ...principlesOf(record, figures),
      ...risksOf(),
      {
        title: '4. Measures to address the risks (article 35(7)(d))',
        blocks: [
          measuresTable(record),
          open(
            'for each measure that is not in use: why, or who sees to it until when; organisational measures (training, rooms, instructions, inspections); the risk that remains',
          ),
        ],
      },
      ...validationOf(record),
    ],
  };
}

function contextOf(record: DeploymentRecord): Section[] {
  return [
    {
      title: '1. Context: systematic description of the processing (article 35(7)(a))',
      blocks: [
        statedFacts(record.stated),
        open('scope: where and when it runs, how many people pass, who among them is vulnerable'),
        open('standards, codes of conduct and certificates that apply (article 35(8))'),
      ],
    },
    {
      title: '1.1 Data that are processed',
      blocks: [
        {
          kind: 'table',
          none: '',
          head: ['Data', 'Of whom', 'Kept'],
          rows: [
            [
              'Pictures of cameras; faces and templates made of them (biometric data, article 9)',
              'everybody who passes',
              'in memory while they are compared; never stored of people who match nobody',
            ],
            [
              'Name, note, pictures and templates',
              'people on watchlists',
              'until the person or the list is deleted, or the list expires',
            ],
            [
              'Alerts: pictures, scores, times, places, clips, reviews, notes, outcomes',
              'people who matched, rightly or not; others in the whole picture',
              'as long as the list says, see below',
            ],
            [
              'Audit log: who did what, when; ids of people, no names',
              'people who work with it; people on lists by id',
              settingOf(record, 'The audit log is kept'),
            ],
            ['Counts of people seen, by camera and hour', 'nobody in particular', 'two years'],
          ],
        },
      ],
    },
    {
      title: '1.2 Processes and assets',
      blocks: [
        text(
          'Frames of each camera are searched for faces; each face is followed, its best pictures are compared with the watchlists in force at that camera, and a similarity above the threshold raises an alert with its pictures. People decide on each alert; nothing is done by itself. Pictures can be searched for, and recorded footage where a list allows it, each for a reason on record.',
        ),
        camerasTable(record),
        settingsFacts(record),
        open('machines, networks and rooms that it runs on; paper and other systems beside it'),
      ],
    },
  ];
}

function principlesOf(record: DeploymentRecord, figures: TransparencyReport): Section[] {
  return [
    {
      title: '2. Fundamental principles: necessity and proportionality (article 35(7)(b))',
      blocks: [
        ...listBlocks(record.watchlists),
        open(
          'for each purpose: why it is specified, explicit and legitimate (article 5(1)(b)); the legal basis of article 6 and the exception of article 9(2), with the national law; for criminal matters article 10 or Directive (EU) 2016/680',
        ),
        open(
          'why the purpose cannot be reached by less intrusive means, and why what is gained outweighs what is done to everybody who passes',
        ),
      ],
    },
    {
      title: '2.1 Data minimisation, accuracy, storage limitation',
      blocks: [
        text(
          'Matching happens at the cameras that a list names alone. Of people who match nobody no picture and no template is stored. Each list has its own retention, and may expire; what is deleted is overwritten. Alerts are judged by people, by two of them where the list says so, the second without scores.',
        ),
        figuresTable(figures),
        open(
          'how people come onto a list and off it, by whose decision, and how often that is looked over; whether the false alerts above are acceptable, and whether they are spread evenly over groups of people (models have cards with figures by group where they are known)',
        ),
      ],
    },
    {
      title: '2.2 Rights of the people concerned',
      blocks: [
        {
          kind: 'table',
          none: '',
          head: ['Right', 'How'],
          rows: [
            ['Information (articles 12 to 14)', record.stated.notice ?? null],
            [
              'Access (article 15)',
              'what is stored about somebody on a list is shown on the page of that person, their alerts and the audit log, and exported as signed cases; all that is kept of one person is written for them on request, without anybody else (nightglass evidence subject), also as data; who is on no list is not known to the system, and is told so',
            ],
            [
              'Rectification and erasure (articles 16, 17)',
              'names, notes and pictures are changed and deleted at once, in alerts too; on record',
            ],
            ['Restriction and objection (articles 18, 21)', null],
            [
              'No decision by a machine alone (article 22)',
              'an alert is decided by people; the program takes no action of its own',
            ],
          ],
        },
        open('where and by whom requests are answered, and within what time'),
      ],
    },
    {
      title: '2.3 Recipients, processors, transfers',
      blocks: [
        processorsTable(record),
        receiversTable(record),
        accountsTable(record),
        open('contracts with processors (article 28); transfers to third countries (chapter V)'),
      ],
    },
  ];
}

function risksOf(): Section[] {
  const row = (risk: string, help: string) => [risk, help, null, null, null];
  return [
    {
      title: '3. Risks to rights and freedoms (article 35(7)(c))',
      blocks: [
        text(
          'For each risk: where it comes from, what it would do to people, how severe and how likely it is before and after the measures. Further risks of the site belong here.',
        ),
        {
          kind: 'table',
          none: '',
          head: [
            'Risk',
            'What the program does about it',
            'Severity',
            'Likelihood',
            'Accepted, by whom',
          ],
          rows: [
            row(
              'Illegitimate access to data',
              'roles and rights by camera and list; encryption where it is switched on; every look at an alert or person on record',
            ),
            row(
              'Unwanted modification of data',
              'hash-chained audit log; signed cases; hashes of models checked before they are loaded',
            ),
            row('Disappearance of data', 'regular backups where they are switched on; loud faults'),
            row(
              'Somebody is taken for another person',
              'thresholds by rate of false alarms; pictures side by side; one or two people decide; enhanced pictures are marked and are no evidence on their own',
            ),
            row(
              'Use for other purposes than stated',
              'uses and cameras are part of each list; reviews of lists where they are required; reasons for searches on record',
            ),
            row('People are treated unequally by the models', 'model cards with what was measured'),
            row('People avoid the place because they are watched', 'no technical measure'),
          ],
        },
        open('risks of this site beside these, such as for children or for those who protest'),
      ],
    },
  ];
}

function validationOf({ versions }: DeploymentRecord): Section[] {
  return [
    {
      title: '5. Validation',
      blocks: [
        open('advice of the data protection officer (article 35(2)): date, text, what was done'),
        open('views of the people concerned or their representatives (article 35(9)), or why not'),
        open('whether the authority has to be consulted first (article 36)'),
        open('decision of the controller, date, signature; date of the next review'),
        text(
          `The assessment is reviewed when the risk changes (article 35(11)). What is stated about the deployment changed ${versions.length === 0 ? 'never on record' : versions.map(({ at }) => iso(at)).join(', ')}; changes of lists, cameras and models are in the audit log.`,
        ),
      ],
    },
    {
      title: '6. Beside data protection',
      blocks: [
        open(
          'whether Regulation (EU) 2024/1689 applies: the prohibitions of article 5, the duties of deployers (article 26), the fundamental rights impact assessment (article 27), the registration (article 49)',
        ),
      ],
    },
  ];
}

function figuresTable({ from, logBegins, to, total }: TransparencyReport): Block {
  const since = logBegins === null ? from : Math.max(from, logBegins);
  const shown = (value: number | null) => (value === null ? 'not known' : String(value));
  return {
    kind: 'facts',
    rows: [
      ['Period of these figures', `${iso(since)} to ${iso(to)}`],
      ['People seen (tracks compared with lists)', shown(total.peopleSeen)],
      ['Alerts', String(total.alerts)],
      ['Confirmed by people', String(total.confirmed)],
      ['Dismissed by people', String(total.dismissed)],
      ['Confirmed, and yet another person', String(total.outcomes.other_person)],
      ['Not decided', String(total.open)],
      [
        'Dismissed, a thousand people seen',
        total.falsePerThousand === null ? 'not known' : total.falsePerThousand.toFixed(2),
      ],
    ],
  };
}

function settingOf({ settings }: DeploymentRecord, name: string): string {
  return settings.find(([known]) => known === name)?.[1] ?? '';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
