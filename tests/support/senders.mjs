// Who sends forms: people as they write, and simple machines as they are met on contact forms. Each is made from dice, so that a
// corpus is the same for the same seed, and says of itself which it is.

const NAMES = [
  "Ana Ruiz", "Ben Okoye", "Siobhán O’Neil", "Anne-Marie d’Été", "李伟", "Nguyễn Thị Mai", "محمد الأحمد", "Dr. J. K. Müller-Lüdenscheidt", "प्रिया शर्मा", "Øystein Ås", "J", "mary smith",
  "TOM BAKER", "José María", "Łukasz Żak", "O", "Renée", "Sam (they/them)", "Mr. & Mrs. Hill", "Ion Popescu jr.", "שירה כהן", "ගයාන් පෙරේරා", "Zoë", "A. N. Other",
];
const COMPANIES = [
  "",
  "",
  "",
  "Ruiz Books",
  "Hill & Sons Ltd.",
  "www.okoye.example",
  "N/A",
  "-",
  "Müller GmbH & Co. KG",
  "株式会社山田",
  "self-employed",
  "Acme, Inc.",
];
const OPENINGS = [
  "Hello,", "Hi there!", "Good morning", "Guten Tag,", "Bonjour,", "Hola,", "Olá,", "مرحبا،", "नमस्ते,", "", "", "Dear adviser,", "hey", "Question:", "To whom it may concern,",
];
const BODIES = [
  "which plan fits a team of five?", "can I pay by invoice?", "is there a class on Tuesday evenings, after 18:00?", "I cannot open lesson three: it says \"error 500\".", "what is the refund policy?",
  "ich möchte wissen, ob der Kurs auf Deutsch ist.", "est-ce que le cours est adapté aux débutants ?", "¿cuánto cuesta para 12 personas?", "quero mudar de turma.", "متى يبدأ الصف القادم؟",
  "क्या हिन्दी में कक्षाएँ हैं?", "please call me on +44 20 7946 0018 between 9 and 11.", "my son is 14, may he join?", "I paid twice (orders 1001234 and 1001240). Please refund one.",
  "We are 40 people in 3 offices. Do you come to us? Budget is about £4,000.", "The subtitles in unit 2 are wrong at 3:15 <- please look", "I get <b>bold</b> where it should be plain & an &amp; on page 3",
  "is 2 < 3 a joke? I laughed 😀", "do you accept [vouchers]?", "WHY DOES NOBODY ANSWER ME", "thanks.", "ok", "Kurs?", "I saw your ad. More info pls",
  "my CV is long.\n\n- worked in sales\n- then taught\n- now I want to learn SQL\n\nIs the beginner class right for me?", "What's the difference between Pro & Team? Is it only seats?",
];
const LINKS = [
  "https://www.ruiz.example/about",
  "http://okoye.example",
  "www.linkedin.example/in/ana-ruiz",
  "https://docs.example.com/d/1aB2?usp=sharing",
];
const SPAM = [
  "Rank #1 on Google",
  "Cheap SEO backlinks",
  "Earn $5000 a week from home",
  "BUY FOLLOWERS NOW",
  "crypto doubling, guaranteed",
  "replica watches -80%",
  "casino bonus no deposit",
  "guest post on your blog",
];
const DOMAINS = ["seo-rank.example", "best-loans.example", "win-now.example", "pills.example"];

/** How often each kind of person is met, of a thousand, and what they do. */
export const PEOPLE = {
  "in the widget": [880, {}],
  "with two links": [40, { links: 2 }],
  "filled in by a program": [30, { stamp: "young" }],
  "by a form of the site’s own": [30, { stamp: "none", plain: true, links: 0 }],
  "without a script": [18, { plain: true }],
  "by a form of the site's own, with two links": [2, { stamp: "none", plain: true, links: 2 }],
};

/** The same of simple machines. */
export const MACHINES = {
  "fills in every field": [250, { trap: true }],
  "posts links": [150, { stamp: "none", links: 3 }],
  "posts markup": [150, { stamp: "none", markup: true }],
  "has an address for a name": [110, { stamp: "none", link: "name" }],
  "fetches and posts at once": [100, { stamp: "young", links: 2 }],
  "makes up a stamp": [80, { stamp: "forged" }],
  "waits, and posts many links": [80, { links: 6 }],
  "has another site's page": [50, { origin: true }],
  "posts words alone": [30, { stamp: "none" }],
};

/** So many of them, in the shares that the table says. */
export function corpus(table, count, random, make) {
  const kinds = Object.entries(table);
  const senders = kinds.flatMap(([kind, [share, traits]]) => Array.from({ length: Math.round((share * count) / 1_000) }, () => ({ kind, traits })));
  return senders.map(({ kind, traits }, at) => ({ kind, traits, values: make(random, traits, at) }));
}

/** What a person typed. */
export function person(random, { links = random() < 0.12 ? 1 : 0 }, at) {
  const text = [
    random.pick(OPENINGS),
    random.pick(BODIES),
    ...Array.from({ length: links }, () => random.pick(LINKS)),
    random() < 0.3 ? random.pick(BODIES) : "",
  ];
  const company = random.pick(COMPANIES);
  return {
    name: random.pick(NAMES),
    email: `${random.pick(["ana", "b.okoye", "info", "x_1", "o'neil"])}.${at}@${random.pick(["example.com", "mail.example", "ruiz.example", "gmail.com"])}`,
    ...(company && { company }),
    message: text.filter(Boolean).join(random() < 0.5 ? "\n" : " "),
  };
}

/** What a machine typed. */
export function machine(random, { links = 0, markup, link, trap }, at) {
  const url = () => `https://${random.pick(DOMAINS)}/?${random.below(1e6)}`;
  const urls = Array.from({ length: links }, url).join(" ");
  const tagged = markup ? random.pick([`<a href="${url()}">${random.pick(SPAM)}</a>`, `[url=${url()}]${random.pick(SPAM)}[/url]`]) : "";
  return {
    name:
      link === "name"
        ? `${random.pick(SPAM)} ${random.pick(["www.", "https://"])}${random.pick(DOMAINS)}`
        : random.pick(["Robertphimi", "JasonTem", "Ella Brown", "SEO Expert"]),
    email: `bot${at}@${random.pick(DOMAINS)}`,
    ...(trap && { company: "google" }),
    message: `${random.pick(SPAM)}! ${urls} ${tagged} ${random.pick(SPAM)}`.trim(),
  };
}
