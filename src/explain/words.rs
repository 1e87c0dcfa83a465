//! What strerror and strsignal say in the languages that are met often: the strings of glibc's po files
//! (de, fr, es, `zh_CN`, `zh_TW`, ja, ko, ru, uk, pt, `pt_BR`, it, pl, tr, nl, cs, sv); and how programs print an
//! error's name or number instead.

/// A name that stands in patterns for one of several texts.
pub(super) const WORDS: &[(&str, &[&str])] = &[
    (
        "{ENOSPC}",
        &[
            "No space left on device",
            "Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
            "Aucun espace disponible sur le périphérique",
            "No queda espacio en el dispositivo",
            "设备上没有空间",
            "デバイスに空き領域がありません",
            "На устройстве не осталось свободного места",
            "Não há espaço disponível no dispositivo",
            "Sem espaço livre no dispositivo",
            "장치에 남은 공간이 없음",
            "Spazio esaurito sul device",
            "Brak miejsca na urządzeniu",
            "Aygıt üzerinde boş yer yok",
            "Geen ruimte meer over op apparaat",
            "Na zařízení není volné místo",
            "裝置上已無多餘空間",
            "Недостатньо місця на пристрої",
            "Enheten är full",
        ],
    ),
    (
        "{ENOMEM}",
        &[
            "Cannot allocate memory",
            "Nicht genügend Hauptspeicher verfügbar",
            "Ne peut allouer de la mémoire",
            "Impossible d'allouer de la mémoire",
            "No se pudo asignar memoria",
            "无法分配内存",
            "メモリを確保できません",
            "Невозможно выделить память",
            "Não foi possível alocar memória",
            "Impossível alocar memória",
            "메모리를 할당할 수 없습니다",
            "Impossibile allocare memoria",
            "Nie można przydzielić pamięci",
            "Bellek ayrılamadı",
            "Onvoldoende geheugen beschikbaar",
            "Nelze alokovat paměť",
            "無法配置記憶體",
            "Не вдалося розподілити пам’ять",
            "Kan inte allokera minne",
        ],
    ),
    (
        "{SIGBUS}",
        &[
            "Bus error",
            "Bus-Zugriffsfehler",
            "Erreur du bus",
            "Error del bus",
            "总线错误",
            "バスエラー",
            "Ошибка шины",
            "Erro no barramento",
            "Erro de bus",
            "버스 오류",
            "Errore di bus",
            "Błąd szyny",
            "Veri yolu hatası",
            "Busfout",
            "Chyba na sběrnici",
            "匯流排錯誤",
            "Помилка каналу обміну даними",
            "Bussfel",
        ],
    ),
    (
        "{SIGKILL}",
        &[
            "Killed",
            "Getötet",
            "Processus arrêté",
            "Terminado (killed)",
            "已杀死",
            "強制終了",
            "Убито",
            "Morto",
        ],
    ),
];

/// An error of a call: its name, its number on Linux, and what strerror says of it (glibc, musl).
type Errno = (&'static str, u8, &'static [&'static str]);

/// `{ENOENT or 2}` in a pattern stands for one of these as text, name or number, `{ENOENT}` for text, name
/// or `errno 2`.
const ERRNOS: &[Errno] = &[
    (
        "EPERM",
        1,
        &[
            "Operation not permitted",
            "Die Operation ist nicht erlaubt",
            "Opération non permise",
            "Operación no permitida",
            "不允许的操作",
            "許可されていない操作です",
            "Операция не позволена",
            "Operação não permitida",
            "명령을 허용하지 않음",
            "Operazione non permessa",
            "Operacja niedozwolona",
            "İşleme izin verilmedi",
            "Actie is niet toegestaan",
            "Operace není povolena",
            "此項操作並不被允許",
            "Дію заборонено",
            "Operationen inte tillåten",
        ],
    ),
    (
        "ENOENT",
        2,
        &[
            "No such file or directory",
            "Datei oder Verzeichnis nicht gefunden",
            "Aucun fichier ou dossier de ce",
            "No existe el fichero o el directorio",
            "No existe el archivo o el directorio",
            "没有那个文件或目录",
            "そのようなファイルやディレクトリはありません",
            "Нет такого файла или каталога",
            "Arquivo ou diretório inexistente",
            "Arquivo ou diretório não encontrado",
            "Ficheiro ou pasta inexistente",
            "그런 파일이나 디렉터리가 없습니다",
            "File o directory non esistente",
            "Nie ma takiego pliku ani katalogu",
            "Böyle bir dosya ya da dizin yok",
            "Bestand of map bestaat niet",
            "Adresář nebo soubor neexistuje",
            "沒有此一檔案或目錄",
            "Немає такого файла або каталогу",
            "Filen eller katalogen finns inte",
        ],
    ),
    ("EAGAIN", 11, &["Resource temporarily unavailable"]),
    ("ENOMEM", 12, &["Out of memory"]),
    (
        "EACCES",
        13,
        &[
            "Permission denied",
            "Keine Berechtigung",
            "Permission non accordée",
            "Permiso denegado",
            "权限不够",
            "許可がありません",
            "Отказано в доступе",
            "Permissão negada",
            "Permissão recusada",
            "허가 거부",
            "Permesso negato",
            "Brak dostępu",
            "Erişim engellendi",
            "Toegang geweigerd",
            "Operace zamítnuta",
            "拒絕不符權限的操作",
            "Відмовлено у доступі",
            "Åtkomst nekas",
        ],
    ),
    (
        "EEXIST",
        17,
        &[
            "File exists",
            "Datei existiert bereits",
            "Le fichier existe",
            "El fichero ya existe",
            "El archivo ya existe",
            "文件已存在",
            "ファイルが存在します",
            "Файл существует",
            "Arquivo existe",
            "O ficheiro existe",
            "파일이 있습니다",
            "File già esistente",
            "Plik istnieje",
            "Dosya var",
            "Bestand bestaat al",
            "Soubor již existuje",
            "檔案已存在",
            "Файл вже існує",
            "Filen existerar",
        ],
    ),
    ("ENODEV", 19, &["No such device"]),
    (
        "EINVAL",
        22,
        &[
            "Invalid argument",
            "Das Argument ist ungültig",
            "Argument invalide",
            "Argumento inválido",
            "无效的参数",
            "無効な引数です",
            "Недопустимый аргумент",
            "부적절한 인수",
            "Argomento non valido",
            "Zły argument",
            "Geçersiz argüman",
            "Ongeldig argument",
            "Nepřípustný argument",
            "不適用的引數",
            "Некоректний аргумент",
            "Ogiltigt argument",
        ],
    ),
    ("ENFILE", 23, &["Too many open files in system", "Too many files open in system"]),
    (
        "EMFILE",
        24,
        &[
            "Too many open files",
            "No file descriptors available",
            "Zu viele offene Dateien",
            "Trop de fichiers ouverts",
            "Demasiados ficheros abiertos",
            "打开的文件过多",
            "ファイルを開きすぎです",
            "Слишком много открытых файлов",
            "Muitos arquivos abertos",
            "열린 파일이 너무 많음",
            "Troppi file aperti",
            "Za dużo otwartych plików",
            "Çok fazla açık dosya var",
            "Te veel open bestanden",
            "Překročen limit počtu otevřených souborů",
            "開啟太多檔案",
            "Забагато відкритих файлів",
            "För många öppna filer",
        ],
    ),
    ("EFBIG", 27, &["File too large"]),
    ("ENOSPC", 28, &[]),
    (
        "EROFS",
        30,
        &[
            "Read-only file system",
            "Das Dateisystem ist nur lesbar",
            "Système de fichiers accessible en lecture seulement",
            "Sistema de ficheros de sólo lectura",
            "只读文件系统",
            "読み込み専用ファイルシステムです",
            "Файловая система доступна только для чтения",
            "Sistema de arquivos somente para leitura",
            "읽기전용 파일 시스템",
            "File system in sola lettura",
            "System plików wyłącznie do odczytu",
            "Salt-okunur dosya sistemi",
            "Bestandssysteem is alleen-lezen",
            "Systém souborů je pouze pro čtení",
            "唯讀的檔案系統",
            "Файлова система тільки для зчитування",
            "Skrivskyddat filsystem",
        ],
    ),
    ("ERANGE", 34, &["Numerical result out of range", "Result not representable"]),
    (
        "ENOSYS",
        38,
        &[
            "Function not implemented",
            "Die angeforderte Funktion ist nicht implementiert",
            "Fonction non implantée",
            "Fonction non implémentée",
            "Función no implementada",
            "La función no está implementada",
            "函数未实现",
            "関数は実装されていません",
            "Функция не реализована",
            "Função não implementada",
            "함수를 구현하지 않았습니다",
            "Funzione non implementata",
            "Nie zaimplementowana funkcja",
            "İşlev bulunamadı",
            "Functie is niet aanwezig",
            "Funkce není implementována",
            "功能沒有實作",
            "Функцію не реалізовано",
            "Funktion inte implementerad",
        ],
    ),
    ("ENAMETOOLONG", 36, &["File name too long", "Filename too long"]),
    ("EIDRM", 43, &["Identifier removed"]),
    ("EOPNOTSUPP", 95, &["Operation not supported", "Not supported"]),
];

/// What stands before the number of an error.
const BEFORE: [&str; 15] = [
    "errno ",
    "errno=",
    "errno = ",
    "errno: ",
    "errno:",
    "error ",
    "error: ",
    "error=",
    "error code ",
    "error code: ",
    "error code = ",
    "err ",
    "err=",
    "err: ",
    "code: ",
];

/// Each way that a program may print an error, so that nothing else can be meant.
fn plain((name, number, texts): &Errno) -> Vec<String> {
    let mut all: Vec<String> = texts.iter().map(|text| (*text).into()).collect();
    all.push((*name).into());
    all.extend([format!("errno {number}"), format!("errno={number}"), format!("errno: {number}")]);
    all
}

/// Each way that a program may print an error.
fn printed((name, number, texts): &Errno) -> Vec<String> {
    let of_languages = WORDS.iter().filter(|(word, _)| word.trim_matches(['{', '}']) == *name);
    let mut all: Vec<String> =
        of_languages.flat_map(|(_, texts)| *texts).map(|text| (*text).into()).collect();
    all.extend(texts.iter().map(|text| (*text).into()));
    all.push((*name).into());
    // `error 2` and `(2)` are too often something else: an exit code, a section of the manual.
    let least = if *number < 10 { "errno" } else { "" };
    all.extend(
        BEFORE
            .iter()
            .filter(|before| before.starts_with(least))
            .map(|before| format!("{before}{number}")),
    );
    if *number >= 10 {
        all.push(format!("({number})"));
        all.push(format!("({number}:"));
    }
    all
}

/// The pattern once with each of the texts that a name in it stands for, as whole words.
pub(super) fn spelled(pattern: &str) -> Vec<String> {
    let with = |name: &str, text: &str| {
        // A bar within a part would be one of the message.
        let begins = pattern.starts_with(name) || pattern.contains(&format!("*{name}"));
        let ends = pattern.ends_with(name) || pattern.contains(&format!("{name}*"));
        let bar = |is: bool| if is { "|" } else { "" };
        // "stderr 12" is no error, but "PermissionError: 13" and "saved_errno=28" are.
        let begins =
            begins && !["error", "errno", "code"].iter().any(|word| text.starts_with(word));
        pattern.replace(name, &format!("{}{text}{}", bar(begins), bar(ends)))
    };
    for (name, texts) in WORDS {
        if pattern.contains(name) {
            return texts.iter().map(|text| with(name, text)).collect();
        }
    }
    for errno in ERRNOS {
        let name = format!("{{{} or {}}}", errno.0, errno.1);
        if pattern.contains(&name) {
            return printed(errno).iter().map(|text| with(&name, text)).collect();
        }
        let name = format!("{{{}}}", errno.0);
        if pattern.contains(&name) {
            return plain(errno).iter().map(|text| with(&name, text)).collect();
        }
    }
    vec![pattern.to_owned()]
}

/// What stands between an error and the call that it is of, where the error comes first: Ruby's and Python's way.
const BETWEEN: [&str; 4] = [" - ", ": ", ": '", " @ "];

/// A pattern of a call and its error the other way round: of `mq_open*{EMFILE or 24}` "Too many open files - mq_open".
pub(super) fn turned(pattern: &str) -> Vec<String> {
    let Some((call, name)) = pattern.split_once("*{") else { return Vec::new() };
    let call = call.trim_end_matches(['(', ')']);
    let name = name.strip_suffix('}').and_then(|name| name.split(' ').next()).unwrap_or_default();
    let is_call = call.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !is_call || call.is_empty() {
        return Vec::new();
    }
    let words = WORDS.iter().filter(|(word, _)| word.trim_matches(['{', '}']) == name);
    let texts = words.filter_map(|(_, texts)| texts.first());
    let texts = texts
        .chain(ERRNOS.iter().filter(|errno| errno.0 == name).filter_map(|errno| errno.2.first()));
    texts
        .flat_map(|text| BETWEEN.iter().map(move |between| format!("|{text}{between}{call}|")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_pattern_stands_for_its_text_in_each_language() {
        let all = spelled("a * {ENOSPC}$");
        assert_eq!(all.len(), WORDS[0].1.len());
        assert!(all.iter().all(|one| one.starts_with("a * ") && one.ends_with('$')));
        assert_eq!(spelled("{ENOSPC}*x")[0], "|No space left on device|*x");
        assert_eq!(spelled("plain"), ["plain"]);
    }

    #[test]
    fn an_error_stands_for_each_way_that_programs_print_it() {
        let all = spelled("shmget*{ENOSPC or 28}");
        for way in [
            "No space left on device",
            "设备上没有空间",
            "ENOSPC",
            "errno=28",
            "error code 28",
            "(28)",
        ] {
            let all = all.iter().map(|one| one.replace('|', ""));
            assert!(all.collect::<Vec<_>>().contains(&format!("shmget*{way}")), "{way}");
        }
        let all = spelled("shm_open*{ENOENT or 2}");
        assert!(all.contains(&"shm_open*errno 2|".to_owned()));
        assert!(!all.iter().any(|way| way.contains("(2)") || way.contains("error 2")));
    }

    #[test]
    fn an_error_may_come_before_the_call() {
        let all = turned("mq_open*{EMFILE or 24}");
        assert!(all.contains(&"|Too many open files - mq_open|".to_owned()), "{all:?}");
        let all = turned("mmap(*{ENOMEM or 12}");
        assert!(all.contains(&"|Cannot allocate memory: mmap|".to_owned()), "{all:?}");
        for other in ["shmget", "shared memory*{ENOSPC}", "{ENOSPC}*shmget", "mmap: *{EPERM or 1}"]
        {
            assert_eq!(turned(other), Vec::<String>::new(), "{other}");
        }
    }

    #[test]
    fn each_error_is_one_of_its_own() {
        for (name, number, _) in ERRNOS {
            assert!(spelled(&format!("{{{name} or {number}}}")).len() > 5, "{name}");
        }
    }
}
