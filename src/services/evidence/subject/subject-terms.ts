/** What the program calls by a code, for a person to read: `English · 中文`. */
const terms: Readonly<Record<string, string>> = {
  new: 'new · 新',
  acknowledged: 'acknowledged · 已受理',
  confirmed: 'confirmed · 已确认',
  dismissed: 'dismissed · 已排除',
  escalated: 'passed on to others · 已上报',
  acknowledge: 'acknowledged · 受理',
  confirm: 'confirmed · 确认',
  dismiss: 'dismissed · 排除',
  escalate: 'passed on to others · 上报',
  stopped: 'stopped or spoken to · 已拦停或问话',
  identified: 'identified by a document · 已凭证件确认身份',
  same_person: 'the same person · 是本人',
  other_person: 'somebody else · 是他人',
  not_found: 'not found · 未找到',
  no_action: 'no action · 未采取行动',
  'person.created': 'added · 添加',
  'person.enrolled': 'picture enrolled · 登记照片',
  'person.image_removed': 'picture removed · 移除照片',
  'person.look_alike_added': 'a face that is not yours added · 添加非您本人的面部',
  'person.look_alike_removed': 'a face that is not yours removed · 移除非您本人的面部',
  'person.removed': 'removed · 移除',
  'person.updated': 'changed · 修改',
  'person.viewed': 'looked at · 查看',
  'volunteer.added': 'added to an acceptance test · 加入验收测试',
  'volunteer.removed': 'removed from an acceptance test · 退出验收测试',
};

/** A state, an action, an outcome or a record; the code itself where there are no words for it. */
export function termOf(code: string): string {
  return terms[code] ?? code;
}
