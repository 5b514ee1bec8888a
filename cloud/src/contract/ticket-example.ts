/** A ticket as documentation shows it. */
export const exampleTicket = {
  id: 42,
  ref: 'CT-1042',
  estate: 'lakeside',
  subject: 'lakeside/north-gate',
  subjectName: { en: 'North gate', zh: '北门' },
  item: 'TP01-08',
  title: { en: 'Gate slams', zh: '门关闭声过大' },
  severity: 'medium',
  state: 'acknowledged',
  owner: 'Lin Tao',
  conditionClear: false,
  onset: 1_795_912_200_000,
  revision: 3,
};
