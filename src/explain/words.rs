//! What strerror and strsignal say in the languages that are met often: the strings of glibc's po files
//! (de, fr, es, `zh_CN`, ja, ru, pt, `pt_BR`).

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
        ],
    ),
    (
        "{ENOMEM}",
        &[
            "Cannot allocate memory",
            "Nicht genügend Hauptspeicher verfügbar",
            "Ne peut allouer de la mémoire",
            "No se pudo asignar memoria",
            "无法分配内存",
            "メモリを確保できません",
            "Невозможно выделить память",
            "Não foi possível alocar memória",
            "Impossível alocar memória",
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

/// The pattern once with each of the texts that a name in it stands for.
pub(super) fn spelled(pattern: &str) -> Vec<String> {
    for (name, texts) in WORDS {
        if pattern.contains(name) {
            return texts.iter().map(|text| pattern.replace(name, text)).collect();
        }
    }
    vec![pattern.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_pattern_stands_for_its_text_in_each_language() {
        let all = spelled("a * {ENOSPC}$");
        assert_eq!(all.len(), WORDS[0].1.len());
        assert!(all.iter().all(|one| one.starts_with("a * ") && one.ends_with('$')));
        assert_eq!(spelled("plain"), ["plain"]);
    }
}
