BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # The failure must not show the secret either.
    function Test-Secret([string] $Text, [string[]] $Secret) {
        @($Secret).Where{ Test-Spelling $Text $_ }.Count -gt 0
    }
}

Describe 'The output of an injection' {
    BeforeAll {
        $file = Join-Path $TestDrive orders.yaml
        New-Manifest orders -Annotation @{
            'orders.role' = 'orders-rw'
            'stock.role' = 'stock-ro'; 'stock.mode' = 'uri'; 'stock.env-key-uri' = 'STOCK_URL'; 'stock.template' = 'postgres://@db:5432/stock'
        } | Set-Content $file
        $result = Invoke-CredentialInjection $file -CredentialSource (New-CredentialSource -Local -LeasePath $TestDrive/leases) -InPlace
        $passwords = Get-IssuedPassword (Get-Content -Raw $file)
    }

    It 'has passwords in the manifest' {
        $passwords | Should -HaveCount 2
        $passwords | Should -Match '^\w{24}$'
    }

    It 'masks the manifest when it is displayed' {
        "$($result.Manifest)" | Should -Be '********'
    }

    It 'shows no password in <Name>' -ForEach @(
        @{ Name = 'Format-List *'; Show = { $result | Format-List * -Force | Out-String -Width 1000 } }
        @{ Name = 'Format-List * of its parts'; Show = { $result.Manifest, $result.Databases, $result.Object, $result.Location | Format-List * -Force | Out-String -Width 1000 } }
        @{ Name = 'Format-Table'; Show = { $result | Format-Table * -Force | Out-String -Width 1000 } }
        @{ Name = 'Format-Custom'; Show = { $result | Format-Custom * -Depth 5 | Out-String -Width 1000 } }
        @{ Name = 'ConvertTo-Json'; Show = { ConvertTo-Json $result -Depth 5 } }
        @{ Name = 'ConvertTo-Csv'; Show = { $result | ConvertTo-Csv | Out-String } }
        @{ Name = 'ConvertTo-Xml'; Show = { ($result | ConvertTo-Xml -Depth 5).OuterXml } }
        @{ Name = 'Export-Clixml'; Show = { $result | Export-Clixml -Depth 5 $TestDrive/result.xml; Get-Content -Raw $TestDrive/result.xml } }
        @{ Name = 'a string'; Show = { "$result $($result.Databases)" } }
        @{ Name = 'its members'; Show = { $result | Get-Member -Force | Out-String -Width 1000 } }
        @{ Name = 'the lease'; Show = { Get-ChildItem $TestDrive/leases | Get-Content -Raw } }
    ) {
        $shown = (& $Show) -join "`n"
        $shown | Should -Not -BeNullOrEmpty
        Test-Secret $shown $passwords | Should -BeFalse
    }
}

Describe 'A session with all streams and logs enabled' {
    BeforeAll {
        $folder = (New-Item -ItemType Directory $TestDrive/session).FullName
        New-Manifest orders | Set-Content $folder/a.yaml
        New-Manifest web -AsJson -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.mode' = 'uri'; 'orders.env-key-uri' = 'DB_URL'; 'orders.template' = 'postgres://db:5432/orders' } | Set-Content $folder/b.json
        New-Manifest broken -Annotation @{ 'orders.mode' = 'uri' } | Set-Content $folder/c.yaml
        Set-Content $folder/d.yaml "kind: Pod`nmetadata: ["
        Copy-Item $folder $folder-inplace -Recurse
        $wrong = 'canary-of-a-token-that-is-rejected'
        Set-Content -NoNewline -LiteralPath "$folder.token" -Value $wrong # a transcript begins with the command line
        $canary = 'canary-of-a-password-in-a-secret'
        $namespace = New-TestNamespace orders, @"
apiVersion: v1
kind: Secret
metadata: {name: orders}
type: kubernetes.io/basic-auth
stringData: {username: orders, password: $canary}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: teller}
"@

        $output = Invoke-InNewProcess {
            $module, $folder, $namespace = $args
            $cluster = $env:KUBEINJECT_TEST_CLUSTER
            Import-Module $module
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $PSDefaultParameterValues = @{}
            foreach ($command in (Get-Command -Module KubeInject).Name) {
                $PSDefaultParameterValues["${command}:Verbose"] = $PSDefaultParameterValues["${command}:Debug"] = $true
                $PSDefaultParameterValues["${command}:WarningAction"] = 'Continue' # -Debug would ask at every warning
            }

            $null = Start-Transcript $folder/transcript.txt
            $secret = ConvertTo-SecureString -AsPlainText ((Get-Content -Raw $cluster/admin.token).Trim())
            $server = @{ Server = Get-Content -Raw $cluster/server; CertificateAuthority = "$cluster/ca.crt" }
            $wrong = Get-Content -Raw "$folder.token"
            $source = New-CredentialSource -Local -LeasePath $folder/leases

            # All streams, except strings of the last command, which are the manifests.
            & {
                Connect-KubeCluster @server -Token $secret
                Connect-KubeCluster @server -Token (ConvertTo-SecureString -AsPlainText $wrong)
                Connect-KubeCluster -Server $server.Server -CertificateAuthority "$cluster/other-ca.crt" -Token $secret
                Connect-KubeCluster -Server http://127.0.0.1:1 -Token $secret
                Connect-KubeCluster -Server https://127.0.0.1:1 -Token $secret
                Get-KubeConnection | Format-List * -Force
                Get-KubePod -n $namespace
                Get-KubePod missing -n $namespace
                Get-KubePod -l 'wrong in'
                Watch-KubePod -n $namespace -First 1
                Get-KubeContext | Format-List * -Force
                Get-KubeContext | Test-KubeConnection
                Test-KubeConnection @server -Token (ConvertTo-SecureString -AsPlainText $wrong) | Format-List * -Force
                Get-KubeCertificateAuthority | Format-List *
                Get-KubeSecret -n $namespace | Format-List * -Force
                Get-KubeSecret orders -n $namespace | ConvertTo-Json -Depth 5
                Get-KubeSecret orders -n $namespace -AsCredential | Format-List * -Force
                Get-KubeServiceAccountToken teller -n $namespace -Audience vault | Format-List * -Force
                Connect-KubeCluster viewer
                Get-KubeSecret -n $namespace
                Get-KubeServiceAccountToken teller -n $namespace
                Get-KubePod -n $namespace
                Get-PodInjectionAnnotation $folder
                Invoke-CredentialInjection $folder -CredentialSource $source -WhatIf
                Invoke-CredentialInjection $folder -CredentialSource $source | Format-List * -Force
                Invoke-CredentialInjection $folder -CredentialSource $source -OutputDirectory $folder/out | Format-List * -Force
                Invoke-CredentialInjection "$folder-inplace" -CredentialSource $source -InPlace | Format-List * -Force
                Invoke-CredentialInjection $folder -CredentialSource $source -OutputDirectory $folder/a.yaml | Format-List * -Force
                Disconnect-KubeCluster
                Get-KubePod
            } *>&1 | Tee-Object -Variable reported | Out-Host
            Invoke-CredentialInjection $folder -CredentialSource $source -AsManifest *>&1 | Tee-Object -Variable mixed | Where-Object { $_ -isnot [string] } | Out-Host
            $mixed | Where-Object { $_ -is [string] } | Set-Content $folder/manifests.txt
            $Error | Format-List * -Force | Out-Host
            $Error.ForEach{ "$($_.Exception)" } | Out-Host
            Get-Error -Newest 100 | Out-Host
            $null = Stop-Transcript
            ($reported + $mixed).Where{ $_ -isnot [string] } | Export-Clixml -Depth 4 $folder/streams.xml
        } $folder, $namespace 2>&1 | Out-String

        $texts = @{
            output = $output
            transcript = Get-Content -Raw $folder/transcript.txt
            streams = Get-Content -Raw $folder/streams.xml
            leases = Get-Content -Raw $folder/leases/*.json | Out-String
        }
        $emitted = Get-ChildItem $folder/manifests.txt, $folder/out/*, "$folder-inplace/[ab].*" | Get-Content -Raw
        $passwords = Get-IssuedPassword ($emitted -join "`n")
        $tokens = (Get-ClusterText admin.token), (Get-ClusterText viewer.token), $wrong, $canary
    }

    It 'issues passwords that are in its manifests' {
        $passwords | Should -HaveCount 6
        $passwords | Select-Object -Unique | Should -HaveCount 6
    }

    It 'reports its requests and its errors' {
        $texts.transcript | Should -Match 'GET /version 200 in'
        $texts.transcript | Should -Match 'What if: '
        foreach ($id in 'KubeConnectionUnauthorized', 'KubeConnectionUntrustedCertificate', 'KubeConfiguration', 'KubeConnectionUnreachable', 'KubeApiNotFound', 'KubeApiForbidden', 'InjectionFailed', 'ManifestFailed', 'ManifestInvalid', 'NotConnected') {
            $texts.output | Should -Match $id
        }
    }

    It 'names the Secret whose value it hides' {
        $texts.output | Should -Match 'kubernetes.io/basic-auth'
        $texts.output | Should -Match 'system:serviceaccount:.*:teller'
    }

    It 'has no token in its <_>' -ForEach 'output', 'transcript', 'streams', 'leases' {
        Test-Secret $texts[$_] $tokens | Should -BeFalse
        $texts[$_] -match 'eyJ[\w-]+\.eyJ' | Should -BeFalse -Because 'requested tokens start like this'
    }

    It 'has no password in its <_>' -ForEach 'output', 'transcript', 'streams', 'leases' {
        Test-Secret $texts[$_] $passwords | Should -BeFalse
    }

    It 'leaves no other file' {
        (Get-ChildItem $folder, "$folder-inplace" -Recurse -Force -File).Name | Where-Object { $_ -notmatch '^[0-9a-f-]{36}\.json$' } | Sort-Object -Unique |
            Should -Be a.yaml, b.json, c.yaml, d.yaml, manifests.txt, streams.xml, transcript.txt
    }
}

Describe 'A pod of the cluster' {
    It 'hides the values of its variables by default' {
        $namespace = New-TestNamespace
        $file = Join-Path $TestDrive pod.yaml
        New-Manifest orders | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -Local -LeasePath $TestDrive/pod-leases) -AsManifest | Set-Content $file
        $passwords = Get-IssuedPassword (Get-Content -Raw $file)
        kubectl create -n $namespace -f $file
        $null = Connect-KubeCluster admin
        $pod = Get-KubePod orders -n $namespace

        Test-Secret $pod.ToJson() $passwords | Should -BeTrue
        $shown = ($pod | Format-List * -Force | Out-String -Width 1000), (ConvertTo-Json $pod -Depth 5 -WarningAction Ignore), ($pod | Format-Custom * -Depth 4 | Out-String -Width 1000)
        $pod | Export-Clixml -Depth 4 $TestDrive/pod.xml
        $shown += Get-Content -Raw $TestDrive/pod.xml
        Test-Secret ($shown -join "`n") $passwords | Should -BeFalse
    }
}

Describe 'Every object with a secret' {
    BeforeAll {
        $canary = @{}
        foreach ($of in 'token of Vault', 'secret id', 'password of PostgreSQL', 'token of a lease', 'value of a Secret', 'variable of a pod') { $canary[$of] = "canary-of-the-$($of -replace '\W', '-')" }
        $secure = @{}
        foreach ($of in $canary.Keys) { $secure[$of] = ConvertTo-SecureString -AsPlainText $canary[$of] }
        $namespace = New-TestNamespace @"
apiVersion: v1
kind: Secret
metadata: {name: orders}
type: kubernetes.io/basic-auth
stringData: {username: orders, password: $($canary['value of a Secret'])}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: teller}
---
apiVersion: v1
kind: Pod
metadata: {name: orders}
spec: {containers: [{name: app, image: app, env: [{name: PGPASSWORD, value: $($canary['variable of a pod'])}]}]}
"@
        $engine = (Get-Command Get-KubePod).OutputType[0].Type.Assembly
        $connection = Connect-KubeCluster admin
        $local = New-CredentialSource -Local -LeasePath $TestDrive/holders
        $file = Join-Path $TestDrive holders.yaml
        New-Manifest orders | Set-Content $file
        $result = Invoke-CredentialInjection $file -CredentialSource $local -InPlace

        # Requires a Vault: a lease whose record contains a token.
        $record = (Get-CredentialLease $local)[0].ToRecord()
        $record.GetType().GetProperty('Token').SetValue($record, $engine.GetType('KubeInject.SensitiveString')::new($canary['token of a lease']))
        $lease = $engine.GetType('KubeInject.Leases.CredentialLease')::Create($local, $record, 'Active')
        $failure = $engine.GetType('KubeInject.Leases.LeaseFailure')::new($lease, 'Revoke', $false, [Exception]::new('Vault is sealed.'))
        $server = @{ Server = Get-ClusterText server; CertificateAuthority = Get-ClusterFile ca.crt }

        $holders = @{
            'a connection' = $connection
            'a connection by token' = Connect-KubeCluster @server -Token (Get-ClusterToken admin)
            'a connection by the file of a token' = Connect-KubeCluster @server -TokenFile (Get-ClusterFile admin.token)
            'the settings of a connection' = $connection.GetSettings()
            'the report of a connection' = Test-KubeConnection @server -Token (Get-ClusterToken admin)
            'contexts' = Get-KubeContext
            'a Secret' = Get-KubeSecret orders -n $namespace
            'a credential' = Get-KubeSecret orders -n $namespace -AsCredential
            'a token' = Get-KubeServiceAccountToken teller -n $namespace -Audience vault
            'a pod' = Get-KubePod orders -n $namespace
            'an event of a pod' = Watch-KubePod orders -n $namespace -First 1
            'a local source' = $local
            'a Vault with a token' = New-CredentialSource -Vault http://127.0.0.1:1 -Token $secure['token of Vault']
            'a Vault with an AppRole' = New-CredentialSource -Vault http://127.0.0.1:1 -RoleId orders -SecretId $secure['secret id']
            'PostgreSQL' = New-CredentialSource -PostgreSql "Host=127.0.0.1;Port=1;Username=x;Password=$($canary['password of PostgreSQL'])" -LeasePath $TestDrive/none
            'PostgreSQL with a credential' = New-CredentialSource -PostgreSql 'Host=127.0.0.1;Port=1' -Credential ([pscredential]::new('x', $secure['password of PostgreSQL'])) -LeasePath $TestDrive/none
            'Secrets as a source' = New-CredentialSource -KubeSecret '{role}' -LeasePath $TestDrive/none
            'a script' = New-CredentialSource -ScriptBlock { } -LeasePath $TestDrive/none
            'an injection' = $result
            'the manifest of an injection' = $result.Manifest
            'a lease' = $lease
            'the record of a lease' = $record
            'a lease that failed' = $failure
        }
        $secrets = @($canary.Values) + (Get-IssuedPassword (Get-Content -Raw $file)) + (Get-ClusterText admin.token)
        $ways = [ordered]@{
            'as it is' = { Out-String -InputObject $held -Width 1000 }
            'Format-List *' = { $held | Format-List * -Force | Out-String -Width 1000 }
            'Format-Table *' = { $held | Format-Table * -Force | Out-String -Width 1000 }
            'Format-Custom *' = { $held | Format-Custom * -Depth 5 | Out-String -Width 1000 }
            'ConvertTo-Json' = { ConvertTo-Json $held -Depth 5 -WarningAction Ignore }
            'ConvertTo-Json of what holds it' = { ConvertTo-Json @{ Held = @($held) } -Depth 5 -WarningAction Ignore }
            'ConvertTo-Csv' = { $held | ConvertTo-Csv | Out-String }
            'ConvertTo-Xml' = { ($held | ConvertTo-Xml -Depth 5).OuterXml }
            'Export-Clixml' = { $held | Export-Clixml -Depth 5 $TestDrive/held.xml; Get-Content -Raw $TestDrive/held.xml }
            'Export-Clixml of what holds it' = { @{ Held = @($held) } | Export-Clixml -Depth 5 $TestDrive/held.xml; Get-Content -Raw $TestDrive/held.xml }
            'a string' = { "$held" }
        }
    }

    It 'hides it: <Name>' -ForEach @(
        'a connection', 'a connection by token', 'a connection by the file of a token', 'the settings of a connection', 'the report of a connection', 'contexts', 'a Secret', 'a token', 'a pod',
        'an event of a pod', 'a local source', 'a Vault with a token', 'a Vault with an AppRole', 'PostgreSQL', 'PostgreSQL with a credential', 'Secrets as a source', 'a script', 'an injection',
        'a lease', 'the record of a lease', 'a lease that failed' | ForEach-Object { @{ Name = $_; Except = @() } }
        @{ Name = 'the manifest of an injection'; Except = , 'ConvertTo-Csv' } # it has no properties
        @{ Name = 'a credential'; Except = 'Export-Clixml', 'Export-Clixml of what holds it' } # PowerShell's own
    ) {
        $held = $holders[$Name]
        $held | Should -Not -BeNullOrEmpty
        foreach ($way in $ways.Keys | Where-Object { $_ -notin $Except }) {
            $shown = (& $ways[$way]) -join "`n"
            $shown | Should -Not -BeNullOrEmpty -Because $way
            Test-Secret $shown $secrets | Should -BeFalse -Because "$way is for everyone"
            $shown -match 'eyJ[\w-]+\.eyJ' | Should -BeFalse -Because "$way is for everyone, and tokens begin so"
        }
    }

    It 'keeps values in Export-Clixml only with -AsPlainText' {
        $plain = Get-KubeSecret orders -n $namespace -AsPlainText
        $token = Get-KubeServiceAccountToken teller -n $namespace -AsPlainText
        $plain.Data['password'] | Should -Be $canary['value of a Secret']
        @{ Held = @($plain, $token) } | Export-Clixml -Depth 5 $TestDrive/plain.xml
        Test-Secret (Get-Content -Raw $TestDrive/plain.xml) ($canary['value of a Secret'], $token.Token) | Should -BeFalse
        foreach ($shown in (($plain, $token | Out-String -Width 300), ($plain, $token | Format-List | Out-String -Width 300))) {
            Test-Secret $shown ($canary['value of a Secret'], $token.Token) | Should -BeFalse -Because 'no view has a column for it'
        }
    }
}

Describe 'A password in the wrong place' {
    BeforeAll {
        $canary = 'canary-of-a-misplaced-password'
        $folder = (New-Item -ItemType Directory $TestDrive/misplaced).FullName
        Set-Content -NoNewline -LiteralPath $folder/password -Value $canary # transcripts and errors contain command lines
        $templates = @(
            "postgres://me:$canary@db/orders"
            "postgres://db/orders?sslmode=require&password=$canary"
            "postgres://db/orders?PSW=$canary"
            "postgres%3A%2F%2Fme%3A$canary%40db"
            "postgresql://me%3A$canary@db/orders"
            "Host=db;Username=me;Password='$canary';Database=orders"
            "host=db user=me password=$canary"
            "jdbc:sqlserver://db:1433;user=me;password={$canary};"
            "jdbc:oracle:thin:me/$canary@//db:1521/orders"
            "me:$canary@tcp(db:3306)/orders"
            "Endpoint=sb://x/;SharedAccessKey=$canary"
        )
        $number = 0
        foreach ($template in $templates) {
            $number++
            New-Manifest "t$number" -Annotation @{ 'orders.role' = 'rw'; 'orders.mode' = 'uri'; 'orders.env-key-uri' = 'U'; 'orders.template' = $template } | Set-Content "$folder/t$number.yaml"
            New-Manifest "m$number" -Annotation @{ 'orders.role' = 'rw'; 'orders.tempalte' = $template; 'tempalte' = $template } | Set-Content "$folder/m$number.yaml"
        }

        New-Manifest misspelt -Annotation @{ 'orders.role' = 'rw'; 'orders.password' = $canary; 'orders.env-key-dbpasword' = $canary; 'pasword' = $canary } | Set-Content $folder/misspelt.yaml
        $output = Invoke-InNewProcess {
            $module, $folder = $args
            Import-Module $module
            $password = Get-Content -Raw $folder/password
            $VerbosePreference = $InformationPreference = 'Continue'
            $null = Start-Transcript $folder/transcript.txt
            $token = ConvertTo-SecureString -AsPlainText x
            & {
                Connect-KubeCluster -Server "https://u:$password@127.0.0.1:1" -Token $token
                Connect-KubeCluster -Server "https://127.0.0.1:1/?token=$password" -Token $token
                Connect-KubeCluster -Server https://127.0.0.1:1 -ProxyUri "http://u:$password@127.0.0.1:1" -Token $token
                Connect-KubeCluster -Server https://127.0.0.1:1 -ProxyUri "ftp://u:$password@127.0.0.1:1" -Token $token
                Test-KubeConnection -Server "https://u:$password@127.0.0.1:1" -Token $token -SkipCertificateCheck | Format-List * -Force
                New-CredentialSource -PostgreSql "postgresql://u:$password@127.0.0.1:1/x" -LeasePath $folder/leases
                New-CredentialSource -PostgreSql "Host=127.0.0.1;Port=1;PSW=$password" -LeasePath $folder/leases
                New-CredentialSource -PostgreSql "mysql://u:$password@127.0.0.1:1/x" -LeasePath $folder/leases
                New-CredentialSource -PostgreSql "Host=127.0.0.1;Pasword=$password" -LeasePath $folder/leases
                New-CredentialSource -Vault "http://u:$password@127.0.0.1:1" -Token $token
                $source = New-CredentialSource -Local -LeasePath $folder/leases
                $read = Get-PodInjectionAnnotation $folder/*.yaml
                $checked = Test-PodInjectionAnnotation $folder/*.yaml -PassThru
                foreach ($held in $read, $read.Databases, $read.Findings, $read.Findings.Fix.Changes, $checked, $checked.Findings) {
                    $held | Format-List * -Force
                    $held | Format-Table * -Force
                    $held | Format-Custom * -Depth 5
                    ConvertTo-Json $held -Depth 7 -WarningAction Ignore
                    $held | ConvertTo-Csv
                    ($held | ConvertTo-Xml -Depth 6).OuterXml
                    "$held"
                }

                Test-PodInjectionAnnotation $folder/*.yaml -Explain
                $changes = @(
                    Repair-PodInjectionAnnotation $folder/*.yaml -WhatIf
                    Remove-PodInjectionAnnotation $folder/*.yaml -WhatIf
                    Set-PodInjectionAnnotation $folder/*.yaml -Database orders -Role rw -Template "postgres://me:$password@db/orders?password=$password" -EnvUri U -WhatIf
                    Invoke-CredentialInjection $folder/*.yaml -CredentialSource $source -WhatIf
                    Repair-PodInjectionAnnotation $folder/*.yaml -OutputDirectory $folder/repaired -Verbose
                    Remove-PodInjectionAnnotation $folder/*.yaml -OutputDirectory $folder/removed -Verbose
                )
                $changes | Format-List * -Force
                ConvertTo-Json $changes -Depth 6 -WarningAction Ignore
                $read, $checked, $changes | Export-Clixml -Depth 7 $folder/held.xml
            } *>&1 | Out-String -Stream -Width 1000
            $Error | Format-List * -Force | Out-String -Width 1000
            $Error.ForEach{ "$($_.Exception) $($_.TargetObject) $($_.CategoryInfo) $($_.ErrorDetails)" }
            Get-Error -Newest 100 | Out-String -Width 1000
            $Error | Select-Object Exception, TargetObject, ErrorDetails | Export-Clixml -Depth 4 $folder/errors.xml
            $null = Stop-Transcript
        } $folder 2>&1 | Out-String
        $texts = @{ output = $output; transcript = Get-Content -Raw $folder/transcript.txt; objects = Get-Content -Raw $folder/held.xml; errors = Get-Content -Raw $folder/errors.xml }
    }

    It 'is read, checked and changed' {
        foreach ($what in 'KI008', 'What if: ', 'PSMessageDetails', 'orders.template', '\*\*\*\*', 'CredentialSourceInvalid', 'KubeConfiguration') { $texts.output | Should -Match $what }
        Get-ChildItem $folder/repaired | Should -Not -BeNullOrEmpty
        (Get-Content -Raw $folder/repaired/*.yaml) -match $canary | Should -Not -BeNullOrEmpty
    }

    It 'is not shown in <_>' -ForEach 'output', 'transcript', 'objects', 'errors' {
        Test-Secret $texts[$_] $canary | Should -BeFalse
    }

    It 'causes a warning if it is typed into -PostgreSql' {
        $null = New-CredentialSource -PostgreSql 'postgresql://u:x@db/x' -LeasePath $TestDrive/none -WarningVariable of
        $null = New-CredentialSource -PostgreSql "postgresql://u:$canary@db/x" -LeasePath $TestDrive/none -WarningVariable +of
        $null = New-CredentialSource -PostgreSql 'Host=db;PSW=x' -LeasePath $TestDrive/none -WarningVariable +of
        $null = New-CredentialSource -LeasePath $TestDrive/none -WarningVariable +of -PostgreSql (
            'postgresql://db/x?password=x')
        $of | Should -HaveCount 4
        $of | Should -BeLike '*contains a password*-Credential*PGPASSFILE*'
    }

    It 'causes no warning if it is in a variable' {
        $connection = "postgresql://u:$canary@db:5432/x"
        $null = New-CredentialSource -PostgreSql $connection -LeasePath $TestDrive/none -WarningVariable of
        $null = New-CredentialSource -PostgreSql 'postgresql://u@db:5432/x' -LeasePath $TestDrive/none -WarningVariable +of
        $of | Should -BeNullOrEmpty
    }

    It 'is removed from the target of an error' {
        $failed = { Connect-KubeCluster -Server "https://u:$canary@127.0.0.1:1" -Token (ConvertTo-SecureString -AsPlainText x) } | Should -Throw -PassThru
        $failed.TargetObject | Should -Be 'https://127.0.0.1:1/'
    }
}
