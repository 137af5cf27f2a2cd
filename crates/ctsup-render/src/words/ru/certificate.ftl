# Слова: что найдено в сертификате. Сообщение говорит, что найдено, `.help` — что делать.
# Фрагменты: со строчной буквы, без точки.

## Как показан отчет

certificate-severity-refuse = отказ
certificate-severity-warn = предупреждение
certificate-severity-note = примечание
certificate-role-server = серверный
certificate-role-intermediate = промежуточный
certificate-role-root = корневой
certificate-role-foreign = посторонний
certificate-role-duplicate = повтор
certificate-shown = { $number }. { $role }: { $subject }
    .issuer = издатель { $issuer }
    .names = для { $names }
    .valid = действует с { $from } по { $to }
    .key = ключ { $key }, SHA-256 { $fingerprint }
certificate-about = сертификат { $number }
certificate-files = { $bundle } и { $key } для { $host }, на { $at }
certificate-good = файлы годятся
certificate-good-but = файлы годятся; обратите внимание на предупреждения
certificate-bad = такие файлы ставить нельзя
certificate-file-bundle = файл сертификата
certificate-file-key = файл ключа

## Файлы

certificate-not-pem = { $file ->
        [key] файл ключа
       *[other] файл сертификата
    } — не PEM{ $looks ->
        [der] , похоже на DER
        [base64] , похоже на голый Base64
        [pkcs12] , похоже на PKCS #12 (.pfx, .p12)
        [utf-16] , это текст в UTF-16
       *[other] {""}
    }
    .help = { $looks ->
        [der] преобразуйте: openssl x509 -inform DER -in ФАЙЛ -out ФАЙЛ.pem, для ключа openssl pkey -inform DER
        [base64] поместите его между строками -----BEGIN CERTIFICATE----- и -----END CERTIFICATE-----
        [pkcs12] разберите: openssl pkcs12 -in ФАЙЛ -nodes
        [utf-16] сохраните простым текстом, в ASCII или UTF-8
       *[other] попросите у удостоверяющего центра PEM
    }
certificate-byte-order-mark = { $file ->
        [key] файл ключа
       *[other] файл сертификата
    } начинается с метки порядка байтов, об нее спотыкается старый OpenSSL
    .help = сохраните без метки
certificate-pem-malformed = { $file ->
        [key] файл ключа
       *[other] файл сертификата
    }, строка { $line }: { $reason ->
        [begin-missing] END без BEGIN
        [end-missing] BEGIN без END
        [labels-differ] BEGIN и END называют разное
        [glued] два блока в одной строке
        [marker] испорчена строка BEGIN или END
        [blank-line] пустая строка внутри блока
        [header] заголовок внутри блока
       *[other] это не Base64
    }
    .help = соберите файл заново: каждый блок таким, каким получен, строка к строке
certificate-block-ignored = { $file ->
        [key] файл ключа
       *[other] файл сертификата
    }, строка { $line }: блок { $label }, nginx его пропускает
    .help = уберите его
certificate-bundle-empty = в файле сертификата нет ни одного сертификата
    .help = сначала серверный, затем промежуточные, затем корневой
certificate-certificate-unreadable = строка { $line }: { $reason ->
        [trailing-data] внутри блока после сертификата есть еще что-то
        [trusted-certificate] TRUSTED CERTIFICATE, собственный вид OpenSSL
        [extensions] расширения сертификата не читаются
       *[other] это не сертификат
    }
    .help = возьмите сертификат таким, каким его выдал удостоверяющий центр
certificate-key-in-bundle = строка { $line }: закрытый ключ лежит в файле сертификата, а он не секретный
    .help = уберите его; если файл могли прочитать другие, выпустите новый ключ и сертификат

## Каждый сертификат

certificate-version-old = X.509 версии { $version }
    .help = по руководству нужна версия 3: выпустите заново
certificate-key-weak = ключ RSA длиной { $bits } бит
    .help = по руководству нужно не меньше { $least }: сделайте ключ длиннее и выпустите сертификат заново
certificate-key-elliptic = ключ на эллиптической кривой { $curve }, а руководство говорит об RSA 2048
    .help = он не слабее; убедитесь, что его умеют старые клиенты
certificate-key-unsupported = такой ключ браузеры и клиенты не поддерживают ({ $algorithm })
    .help = выпустите сертификат для ключа RSA не короче 2048 бит
certificate-signature-weak = подписан по { $digest }
    .help = по руководству нужен SHA-256: выпустите заново
certificate-signature-stronger = подписан по { $digest }, это сильнее SHA-256 из руководства
    .help = клиенты последних десяти лет это умеют
certificate-signature-unsupported = такую подпись клиенты не поддерживают ({ $algorithm })
    .help = выпустите заново с SHA-256
certificate-root-signature-weak = подпись корневого под самим собой слабая ({ $algorithm })
    .help = делать ничего не нужно: корневой известен клиентам, на эту подпись никто не опирается
certificate-expired = истек { $not_after }
    .help = выпустите заново
certificate-not-yet-valid = начнет действовать { $not_before }
    .help = подождите или проверьте часы
certificate-expires-soon = истекает { $not_after }, { $days ->
        [one] через { $days } день
        [few] через { $days } дня
       *[other] через { $days } дней
    }
    .help = заказывайте следующий сейчас

## Цепочка

certificate-certificate-duplicate = тот же, что сертификат { $first }
    .help = уберите один из них
certificate-order-wrong = порядок не такой: серверный, промежуточные, корневой
    .help = расставьте сертификаты в этом порядке, по нынешним номерам: { $order }
certificate-not-in-chain = { $subject } не из этой цепочки
    .help = уберите его
certificate-issuer-missing = в файле нет его издателя: { $issuer }
    .help = добавьте тот сертификат сразу за ним; его можно скачать у удостоверяющего центра
certificate-root-missing = в файле нет корневого: { $issuer }
    .help = по руководству он стоит последним; клиенты, которым он известен, обойдутся
certificate-signature-invalid = не подписан сертификатом { $by }, хотя называет его издателем
    .help = имя то же, а ключ другой: найдите настоящего издателя
certificate-signature-unchecked = подпись сертификатом { $by } такого вида, какой здесь не проверяется ({ $algorithm })
    .help = проверьте сами: openssl verify
certificate-self-signed = серверный сертификат подписан сам собой
    .help = браузеры и телефоны будут предупреждать; возьмите сертификат публичного центра или разошлите свой
certificate-server-is-ca = серверный сертификат — сертификат удостоверяющего центра
    .help = выпустите отдельный, только для сервера
certificate-usage-wrong = не для веб-сервера: { $lacks ->
        [server-auth] среди назначений нет проверки подлинности сервера
       *[other] его ключом нельзя подписывать
    }
    .help = выпустите заново, для веб-сервера
certificate-not-a-ca = не вправе выпускать сертификаты: { $reason ->
        [basic-constraints] он не удостоверяющего центра
        [key-usage] его ключом нельзя подписывать сертификаты
        [purpose] среди его назначений нет серверного
       *[other] цепочка под ним длиннее, чем он разрешает
    }
    .help = это не тот промежуточный: возьмите сертификат самого издателя
certificate-chain-rejected = независимая проверка отвергает цепочку: { $reason ->
        [name-constraints] один из центров не вправе ручаться за это имя
        [critical-extension] в ней критическое расширение, которого клиенты не знают
        [algorithms-differ] алгоритмы внутри и снаружи названы разные
        [distrusted] одному из сертификатов отказано в доверии
       *[other] что-то в ней испорчено
    }
    .help = покажите это удостоверяющему центру

## Имя

certificate-host-invalid = `{ $host }` — не имя, которое набирают пользователи: { $reason ->
        [address] это адрес
        [not-fully-qualified] нет домена
       *[other] в нем знаки, каких в именах не бывает
    }
    .help = назовите внешнее имя сервиса: --host express.example.org
certificate-name-not-covered = не для { $host }; он для { $names }
    .help = выпустите такой, где { $host } есть среди альтернативных имен
certificate-common-name-ignored = общее имя { $common_name } не в счет
    .help = клиенты смотрят только на альтернативные имена

## Ключ

certificate-private-key-missing = в файле ключа нет закрытого ключа
    .help = он стоит между -----BEGIN PRIVATE KEY----- и -----END PRIVATE KEY-----
certificate-private-keys-several = закрытых ключей в файле ключа: { $count }
    .help = оставьте тот, что от сертификата
certificate-private-key-encrypted = строка { $line }: закрытый ключ зашифрован { $form ->
        [legacy] (старый вид)
       *[other] (PKCS #8)
    }
    .help = без человека nginx с ним не запустится: openssl pkey -in КЛЮЧ -out server.key
certificate-private-key-unreadable = строка { $line }: закрытый ключ не читается{ $reason ->
        [content] , его числа не подходят друг к другу
       *[other] {""}
    }
    .help = возьмите ключ таким, каким его создали, или сделайте новый с новым сертификатом
certificate-private-key-mismatch = закрытый ключ не от серверного сертификата
    .help = найдите ключ, с которым делали запрос; иначе выпустите новый сертификат
certificate-private-key-unchecked = подходит ли закрытый ключ к сертификату, здесь не узнать ({ $algorithm })
    .help = сравните: openssl x509 -noout -pubkey -in СЕРТИФИКАТ и openssl pkey -pubout -in КЛЮЧ

## Замечания

certificate-lets-encrypt = выдан Let's Encrypt, руководство это разрешает
    .help = делать ничего не нужно
certificate-trust-unchecked = доверяют ли клиенты центру { $authority }, здесь не проверяется
    .help = по руководству нужен публичный удостоверяющий центр
certificate-tls-version = TLS не ниже { $least } — настройка nginx, от сертификата она не зависит
    .help = посмотрите после замены: openssl s_client -connect ИМЯ:443
