import type { SubjectLaw, SubjectWithheldReason } from '../../../domain/subject-access.ts';
import type { ReportWords } from '../report/report-content.ts';
import { chinese, english } from '../report/report-words.ts';

/** How the law is called. */
export const lawNames: Readonly<Record<SubjectLaw, string>> = {
  gdpr: 'Regulation (EU) 2016/679 (GDPR), article 15 · 欧盟《通用数据保护条例》第 15 条',
  led: 'Directive (EU) 2016/680 (LED), article 14, as made law by the member state · 欧盟《执法数据保护指令》第 14 条（以成员国立法为准）',
};

/** Why something is not in it, for the person. */
export const withheldWords: Readonly<Record<SubjectWithheldReason, string>> = {
  controller: 'Withheld by whoever answers · 由答复方保留',
  another_person: 'It shows or is about somebody else · 涉及他人',
  unjudged:
    'Nobody has said that it shows you: the machine alone claims it · 尚无人核实画面中是您，仅为机器判断',
  under_review:
    'People are judging it without the scores of the machine · 正由人员在不看机器评分的情况下复核',
  names_another: 'It names somebody else · 其中写有他人姓名',
  rights:
    'Whoever exported gives no numbers of templates, or may not read them; their hash is given · 导出人未提供或无权读取模板数值，仅提供其哈希值',
  undecodable:
    'Not all of it can be decoded, so others cannot be hidden in it · 部分画面无法解码，无法遮盖他人',
  too_large: 'It is too large for others to be hidden in it · 文件过大，无法遮盖其中他人',
  staff: 'Names of staff are replaced by numbers · 工作人员姓名以编号代替',
  internal: 'It may be about others · 可能涉及他人',
  pending:
    'Its recording was not finished when this was made; ask again · 制作时录制尚未完成，可再次申请',
  at_site:
    'The site that raised the alert owns it and gives it; ask there · 由发出警报的站点持有并提供，请向该站点申请',
};

/** What the answer is, for the person. */
export function introWords(answer: 'data' | 'nothing'): ReportWords[] {
  if (answer === 'nothing') {
    return [
      english(
        'You asked whether data about you is kept here. What was searched, when and how is stated below. Nothing was found that is kept of you. This says what was searched at that moment, and no more: a search by a picture finds those who look like it to the machine, and can miss a poor picture of you.',
        'The picture that you gave for this was used for the search alone and is not kept.',
      ),
      chinese(
        '您询问此处是否保存有关您的数据。检索的内容、时间和方式见下文。未发现保存有关您的数据。本答复仅说明该时刻的检索结果：以图片检索只能找到机器认为相似的人，画质差的您的画面可能会被漏掉。',
        '您为此提供的照片仅用于本次检索，不予保存。',
      ),
    ];
  }
  return [
    english(
      'You asked for the data that is kept about you. This file holds it, for you to read; subject.json beside it holds the same for programs, with its schema. Faces of other people are hidden in all pictures and clips. What is not given to you is listed at the end with the reason.',
      'A match is a claim of a machine, for people to judge. Pictures marked AI-ENHANCED are made by a model and are no evidence on their own.',
    ),
    chinese(
      '您要求查阅保存的有关您的数据。本文件供您阅读；同一档案中的 subject.json 含相同内容及其格式说明，供程序使用。所有图片和视频中他人的面部均已遮盖。未提供给您的内容连同理由列于文末。',
      '匹配结果是机器的判断，须由人核实。标有 AI-ENHANCED 的图片由模型生成，不能单独作为证据。',
    ),
  ];
}

/** That people are matched by a machine, and how. */
export const matchingWords: readonly ReportWords[] = [
  english(
    'How it works: cameras look for faces. Of each face that is good enough a template is computed, a row of numbers, and compared with the templates of the people on a list. The similarity is a number from -1 to 1; from a threshold on an alert is raised, for people to look at. The threshold follows from the rate of mistakes that a list tolerates, and both stand at each alert below. Faces that match nobody are not stored.',
    'No decision is taken by the machine: an alert has no effect until a person has judged the pictures, and a list may ask for two people who agree. What that means for you depends on the purpose of the list, which is stated below.',
  ),
  chinese(
    '工作方式：摄像机寻找人脸，对质量足够的人脸计算模板（一组数字），并与名单上人员的模板比较。相似度为 -1 到 1 之间的数；达到阈值时发出警报，由人查看。阈值由名单所容许的误报率得出，二者均列于下文每条警报。未匹配任何人的人脸不予保存。',
    '机器不作任何决定：在人员核实画面之前，警报不产生任何效果；名单还可要求两人意见一致。其对您的影响取决于下文所述的名单目的。',
  ),
];

/** What else a person may ask for. */
export function rightsWords(law: SubjectLaw): ReportWords[] {
  const objection =
    law === 'gdpr'
      ? ', restriction of processing, or object to it'
      : ' or restriction of processing';
  return [
    english(
      `You may ask for rectification or erasure of your data${objection}, and lodge a complaint with a supervisory authority. Write to whoever is named above.`,
      'That you were given this is recorded; the file itself is not kept here.',
    ),
    chinese(
      `您可以要求更正、删除您的数据或限制其处理${law === 'gdpr' ? '，或对处理提出异议' : ''}，并可向监管机构投诉。请联系上文所列负责方。`,
      '向您提供本文件一事会被记录；文件本身不在此保存。',
    ),
  ];
}

/** What such an export cannot hold. */
export const limitsWords: readonly ReportWords[] = [
  english(
    'Not in here: recordings that were searched (they are files outside of this program), backups (which hold what was kept when they were made, until they are deleted), what was sent to receivers outside (it is not kept one by one), copies of pictures that were exported for training (each alert says when that was, as long as it is kept), notes of shifts, and what people keep elsewhere.',
  ),
  chinese(
    '不包括：被检索的录像文件（不属于本程序）、备份（保留其制作时的内容，直至删除）、已发送给外部接收方的内容（不逐条保存）、已导出用于训练的图片副本（警报保存期间，其中注明导出时间）、交接班记录，以及人员在别处保存的内容。',
  ),
];
