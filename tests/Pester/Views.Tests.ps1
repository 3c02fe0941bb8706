# The displayed output of every type that a cmdlet returns: tables, lists, colors. A type without a view, or without a sample
# here, fails.
BeforeDiscovery {
    Import-Module $PSScriptRoot/../../out/KubeInject
    $written = (Get-Command -Module KubeInject -CommandType Cmdlet).OutputType.Type.Where{ $_.Namespace -like 'KubeInject*' }
    $listed = $written.GetProperties().PropertyType.Where{ $_.IsGenericType }.ForEach{ $_.GenericTypeArguments[-1] }.Where{ $_.Namespace -like 'KubeInject*' -and -not $_.IsEnum }
    $types = @($written; $listed).FullName | Sort-Object -Unique

    # The values of the samples below that must be complete in 100 columns.
    $longNames = @(
        @{ Type = 'Kubernetes.Connection.KubeConnection'; Shown = 'admin', 'default', 'token' }
        @{ Type = 'Kubernetes.Configuration.KubeContext'; Shown = '*', 'arn:aws:eks:eu-central-1:123456789012:cluster/production' }
        @{ Type = 'Kubernetes.Connection.ConnectionReport'; Shown = 'True', 'production', 'system:serviceaccount:payments-production:deployer', '27' }
        @{ Type = 'Installation.InstallationStatus'; Shown = 'False', '1/2', 'registry.example.org/platform/kubeinject:2026.11.3', 'kubeinject-7d9' }
        @{ Type = 'Installation.InstalledObject'; Shown = 'Unchanged', 'kubeinject/deployment/kubeinject' }
        @{ Type = 'Kubernetes.Objects.Pod'; Shown = 'payments-production', 'checkout-service-7d9f8c6b5d-x2x4z', '0/1', 'CrashLoopBackOff', '12 (3d4h ago)', '5d3h' }
        @{ Type = 'Kubernetes.Objects.PodEvent'; Shown = 'MODIFIED', 'payments-production', 'checkout-service-7d9f8c6b5d-x2x', '0/1', 'CrashLoopBackOff', '5d3h' }
        @{ Type = 'Kubernetes.Objects.ObjectMetadata'; Shown = 'payments-production', 'checkout-service-7d9f8c6b5d-x2x4z', '5d3h', 'app.kubernetes.io' }
        @{ Type = 'Cmdlets.Secrets.KubeSecret'; Shown = 'checkout-service-postgresql-primary', 'kubernetes.io/basic-auth', 's ' }
        @{ Type = 'Cmdlets.Secrets.KubeServiceAccountToken'; Shown = ':checkout-service-runner', '59m', 'vault' }
        @{ Type = 'Annotations.PodInjection'; Shown = 'payments-production', 'checkout-service-7d9f8c6b5d-x2x4z', 'Pending', 'analytics, orders' }
        @{ Type = 'Annotations.DatabaseInjection'; Shown = 'orders', 'checkout-service-orders-readwrite', 'Classic', 'ORDERS_DATABASE_USER, ORDERS_DATABASE_PASSWORD' }
        @{ Type = 'Annotations.Finding'; Shown = 'Error', 'KI' }
        @{ Type = 'Diagnosis.PodDiagnosis'; Shown = 'KI', 'will not be injected' }
        @{ Type = 'Diagnosis.Explanation'; Shown = 'will not be injected' }
        @{ Type = 'Injection.InjectionResult'; Shown = 'AlreadyInjected', 'payments-production/deployment/checkout-service', 'analytics, orders', 'ANALYTICS_US' }
        @{ Type = 'Injection.Annotating.AnnotationResult'; Shown = , 'Changed' }
        @{ Type = 'Injection.Rotation.RotationResult'; Shown = 'RolledBack', 'payments-production/deployment/checkout-service', 'analytics, orders' }
        @{ Type = 'Leases.CredentialLease'; Shown = 'Orphaned', 'payments-production/deployment/checkout-service', '2d2h ago', 'analytics' }
        @{ Type = 'Leases.LeaseSweepSummary'; Shown = '10000', '0:12' }
        @{ Type = 'Leases.CredentialSource'; Shown = 'local', 'True' }
    )
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    function Get-Lines([string] $Text) { $Text -split '\r?\n' | Where-Object { $_.Trim() } }

    # The engine's types are in a separate load context, where type literals do not find them.
    function Get-EngineType([string] $Name) { (Get-Command Get-KubePod).OutputType[0].Type.Assembly.GetType("KubeInject.$Name", $true) }
    function New-Sample([string] $Type, [hashtable] $Property) {
        $engineType = Get-EngineType $Type
        $sample = [Activator]::CreateInstance($engineType)
        foreach ($name in $Property.Keys) {
            $of = $engineType.GetProperty($name)
            $to = $of.PropertyType.Name -eq 'IReadOnlyList`1' ? $of.PropertyType.GenericTypeArguments[0].MakeArrayType() : $of.PropertyType
            $of.SetValue($sample, [System.Management.Automation.LanguagePrimitives]::ConvertTo($Property[$name], $to))
        }
        $sample
    }

    function Get-CertificateSample {
        New-Sample Kubernetes.Connection.CertificateSummary @{
            Subject = 'CN=kube-apiserver'; Issuer = 'CN=kubernetes'; NotBefore = [DateTimeOffset]::UtcNow.AddDays(-338); NotAfter = [DateTimeOffset]::UtcNow.AddDays(27.5); DaysLeft = 27
            Thumbprint = '0123456789ABCDEF0123456789ABCDEF01234567'
        }
    }

    function New-PodSample([string] $Status = 'CrashLoopBackOff', [int] $Restarts = 12, [timespan] $Age = [timespan]::new(5, 3, 0, 0)) {
        $time = { param($ago) ([DateTime]::UtcNow - $ago).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") }
        (Get-EngineType Kubernetes.Objects.Pod)::Parse((ConvertTo-Json -Depth 20 @{
                    metadata = @{
                        namespace = 'payments-production'; name = 'checkout-service-7d9f8c6b5d-x2x4z'; creationTimestamp = & $time $Age
                        labels = [ordered]@{ app = 'checkout-service'; 'app.kubernetes.io/managed-by' = 'Helm'; 'pod-template-hash' = '7d9f8c6b5d' }
                        ownerReferences = @(@{ apiVersion = 'apps/v1'; kind = 'ReplicaSet'; name = 'checkout-service-7d9f8c6b5d'; uid = [guid]::Empty; controller = $true })
                    }
                    spec = @{ nodeName = 'ip-10-128-77-114.eu-central-1.compute.internal'; containers = @(@{ name = 'app'; image = 'registry.example.org/payments/checkout-service:2026.11.3' }) }
                    status = @{
                        phase = 'Running'; podIP = '10.128.77.201'
                        containerStatuses = @(@{
                                name = 'app'; ready = $Status -eq 'Running'; restartCount = $Restarts
                                state = $Status -eq 'Running' ? @{ running = @{ startedAt = & $time $Age } } : @{ waiting = @{ reason = $Status } }
                                lastState = @{ terminated = @{ exitCode = 1; finishedAt = & $time ([timespan]::new(3, 4, 30, 0)) } }
                            })
                    }
                }))
    }

    $null = Connect-KubeCluster admin
    $namespace = New-TestNamespace (@'
apiVersion: v1
kind: Secret
metadata: {name: checkout-service-postgresql-primary}
type: kubernetes.io/basic-auth
stringData: {username: orders, password: canary-of-views}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: checkout-service-runner}
'@)
    $reference = (Get-EngineType Kubernetes.Objects.ObjectReference)::new('Deployment', 'payments-production', 'checkout-service')
    $location = (Get-EngineType Annotations.SourceLocation)::new('deploy/production/checkout-service.yaml', 112, 5)
    $annotations = @{
        'orders.role' = 'checkout-service-orders-readwrite'; 'orders.env-key-dbuser' = 'ORDERS_DATABASE_USER'; 'orders.env-key-dbpassword' = 'ORDERS_DATABASE_PASSWORD'
        'analytics.role' = 'checkout-service-analytics-readonly'; 'analytics.mod' = 'uri'
    }
    $manifest = New-Manifest checkout-service-7d9f8c6b5d-x2x4z payments-production -Annotation $annotations
    $broken = New-Manifest checkout-service payments-production Deployment -Annotation ($annotations + @{ 'ledger.env-key-dbpassword' = 'LEDGER_PASSWORD' })
    $source = New-CredentialSource -Local -LeasePath $TestDrive/leases
    $injected = New-Manifest checkout-service payments-production Deployment -Annotation ($annotations + @{ 'analytics.env-key-dbuser' = 'ANALYTICS_USER' }) |
        Invoke-CredentialInjection -CredentialSource $source
    foreach ($record in Get-ChildItem $TestDrive/leases) {
        $fields = Get-Content -Raw $record | ConvertFrom-Json
        $fields.Username = 'v-kubernetes-checkout-service-orders-8xYkQh2bqPTQlDc3Z5kD-1763824512'
        $fields | Add-Member -Force ExpiresAt ([DateTime]::UtcNow.AddHours(-50.5))
        $fields.RecordedAt = [DateTime]::UtcNow.AddDays(-5)
        ConvertTo-Json $fields -Depth 5 | Set-Content $record
        $record.LastWriteTimeUtc = $fields.RecordedAt
    }
    $leases = @(Get-CredentialLease $source)
    $diagnosis = $broken | Test-PodInjectionAnnotation -PassThru
    $pod = New-PodSample
    $read = $manifest | Get-PodInjectionAnnotation

    $samples = @{
        'Kubernetes.Connection.KubeConnection' = Get-KubeConnection
        'Kubernetes.Configuration.KubeContext' = New-Sample Kubernetes.Configuration.KubeContext @{
            Name = 'arn:aws:eks:eu-central-1:123456789012:cluster/production'; Cluster = 'arn:aws:eks:eu-central-1:123456789012:cluster/production'
            User = 'arn:aws:eks:eu-central-1:123456789012:cluster/production'; Namespace = 'payments-production'; Server = 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com'
            File = '~/.kube/config'; KubeConfig = @('~/.kube/config'); IsCurrent = $true
        }
        'Kubernetes.Connection.ConnectionReport' = New-Sample Kubernetes.Connection.ConnectionReport @{
            Server = 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com'; Context = 'production'; Reachable = $true; ServerVersion = 'v1.32.9-eks-113cf36'
            User = 'system:serviceaccount:payments-production:deployer'; ServerCertificate = @(Get-CertificateSample)
        }
        'Kubernetes.Connection.CertificateSummary' = Get-CertificateSample
        'Kubernetes.Connection.AccessRight' = New-Sample Kubernetes.Connection.AccessRight @{ Verb = 'create'; Resource = 'serviceaccounts/token'; Namespace = 'payments-production'; Allowed = $false; Reason = 'RBAC: no role binding allows it' }
        'Installation.InstallationStatus' = New-Sample Installation.InstallationStatus @{
            Namespace = 'kubeinject'; Image = 'registry.example.org/platform/kubeinject:2026.11.3'; Replicas = 2; ReadyReplicas = 1; FailurePolicy = 'Fail'
            Leader = "kubeinject-7d9f8c6b5d-x2x4z_$([guid]::Empty)"; CertificateAuthorityEnd = [DateTimeOffset]::UtcNow.AddDays(3000); Problems = @('The Deployment is not ready: 1 of 2 updated pods are available.')
        }
        'Installation.InstalledObject' = (Get-EngineType Installation.InstalledObject)::new((Get-EngineType Kubernetes.Objects.ObjectReference)::new('Deployment', 'kubeinject', 'kubeinject'), 'Unchanged')
        'Kubernetes.Objects.Pod' = $pod
        'Kubernetes.Objects.ContainerSummary' = $pod.Containers[0]
        'Kubernetes.Objects.OwnerReference' = $pod.OwnerReferences[0]
        'Kubernetes.Objects.ObjectMetadata' = $pod.ToMetadata()
        'Kubernetes.Objects.PodEvent' = (Get-EngineType Kubernetes.Objects.PodEvent)::new('Modified', $pod)
        'Cmdlets.Secrets.KubeSecret' = Get-KubeSecret -n $namespace
        'Cmdlets.Secrets.KubeServiceAccountToken' = Get-KubeServiceAccountToken checkout-service-runner -n $namespace -Audience vault
        'Annotations.PodInjection' = $read
        'Annotations.DatabaseInjection' = $read.Databases
        'Annotations.Finding' = $diagnosis.Findings
        'Diagnosis.PodDiagnosis' = $diagnosis
        'Diagnosis.DiagnosisStep' = $diagnosis.Steps
        'Diagnosis.Explanation' = $broken | Test-PodInjectionAnnotation -Explain
        'Injection.InjectionResult' = New-Sample Injection.InjectionResult @{ Object = $reference; Location = $location; Status = 'AlreadyInjected'; Databases = $injected.Databases; Containers = @('migrate', 'app') }
        'Injection.InjectedDatabase' = $injected.Databases
        'Injection.Annotating.AnnotationResult' = New-Sample Injection.Annotating.AnnotationResult @{
            Object = $reference; Location = $location; Status = 'Changed'; Changes = @('Set vault-db-injector.', 'Renamed orders.rolle to orders.role, which the injector reads.')
        }
        'Injection.Rotation.RotationResult' = New-Sample Injection.Rotation.RotationResult @{ Object = $reference; Status = 'RolledBack'; Databases = $injected.Databases; Containers = @('app'); NotRevoked = @([guid]::Empty) }
        'Leases.CredentialLease' = $leases
        'Leases.LeaseSweepSummary' = New-Sample Leases.LeaseSweepSummary @{
            Total = 10000; Renewed = 9000; Revoked = 900; CleanedUp = 9; Kept = 90; Duration = '00:00:12.3456789'
            Failures = @((Get-EngineType Leases.LeaseFailure)::new($leases[0], 'Revoke', $false, [Exception]::new('Vault is sealed.')))
        }
        'Leases.OwnerGap' = (Get-EngineType Leases.OwnerGap)::new('Workloads', 'replicationcontrollers', 'replicationcontrollers is forbidden: User "system:serviceaccount:kubeinject:sweep" cannot list resource "replicationcontrollers" in API group "" at the cluster scope')
        'Leases.SkippedLeases' = (Get-EngineType Leases.SkippedLeases)::new('OwnersNotSeen', [System.Management.Automation.LanguagePrimitives]::ConvertTo($leases, (Get-EngineType Leases.CredentialLease).MakeArrayType()))
        'Leases.UnreadableRecord' = (Get-EngineType Leases.UnreadableRecord)::new('/home/deployer/.local/state/kubeinject/leases/0123456789.json', 'This is not a lease record. It is incomplete or not JSON. Move it out of the folder and check its content.')
        'Leases.LeaseFailure' = (Get-EngineType Leases.LeaseFailure)::new($leases[0], 'Revoke', $false, [Exception]::new('Vault is sealed.'))
        'Leases.CredentialSource' = $source
    }
}

Describe 'The views of <_>' -ForEach $types {
    BeforeAll {
        $type = $_
        $sample = $samples[$type -replace '^KubeInject\.']
    }

    It 'have a sample in this file' {
        $sample | Should -Not -BeNullOrEmpty
        @($sample).ForEach{ $_.GetType().FullName } | Select-Object -Unique | Should -Be $type
    }

    It 'are tables for the type' {
        $controls = (Get-FormatData $type).FormatViewDefinition.Control
        $controls.Where{ $_ -is [System.Management.Automation.TableControl] } | Should -Not -BeNullOrEmpty
    }

    It 'have default properties that exist' {
        $default = (Get-TypeData $type).DefaultDisplayPropertySet.ReferencedProperties
        $default.Count | Should -BeGreaterThan 0
        $default | Where-Object { -not @($sample)[0].PSObject.Properties[$_] } | Should -BeNullOrEmpty
    }

    It 'fit in <_> columns as a table, without errors in strict mode' -ForEach 80, 100, 120 {
        $lines = Get-Lines ($sample | Format-Table -DisplayError -ShowError | Out-String -Width $_)
        $lines.Count | Should -BeGreaterThan 2
        $lines | Where-Object Length -GT $_ | Should -BeNullOrEmpty
        $lines -match '#ERR|FormatException|PropertyNotFound' | Should -BeNullOrEmpty
    }

    It 'show something by default and as a list' {
        Get-Lines ($sample | Out-String -Width 100) | Where-Object Length -GT 100 | Should -BeNullOrEmpty
        Get-Lines ($sample | Format-List -DisplayError -ShowError | Out-String -Width 100) | Should -Not -BeNullOrEmpty
        $sample | Format-List -DisplayError -ShowError | Out-String -Width 100 | Should -Not -Match '#ERR'
    }
}

Describe 'A table of <Type> in 100 columns' -ForEach $longNames {
    It 'shows the most important columns completely, with long names' {
        $text = $samples[$Type] | Format-Table | Out-String -Width 100
        $text = $text -replace '\s+', ' '
        foreach ($part in $Shown) { $text | Should -BeLike "*$([WildcardPattern]::Escape($part))*" }
    }
}

Describe 'An explanation' {
    It 'is shown completely in 80 columns, <Name>' -ForEach @(
        @{ Name = 'alone'; First = @() }
        @{ Name = 'after a finding'; First = 'Annotations.Finding' }
        @{ Name = 'after a connection'; First = 'Kubernetes.Connection.KubeConnection' }
        @{ Name = 'after another explanation'; First = 'Diagnosis.Explanation' }
    ) {
        $explanation = @($samples['Diagnosis.Explanation'])[0]
        $text = @($First.ForEach{ @($samples[$_])[0] }) + $explanation | Out-String -Width 80
        Get-Lines $text | Where-Object Length -GT 80 | Should -BeNullOrEmpty
        $text -replace '\s' | Should -BeLike "*$([WildcardPattern]::Escape(("$explanation" -replace '\s')))"
    }

    It 'has its text once in the output of ConvertTo-Json' {
        ($samples['Diagnosis.Explanation'] | ConvertTo-Json -Depth 3 | ConvertFrom-Json)[0].PSObject.Properties.Name | Should -Be Object, Server, Verdict, Remedy, Lines
    }
}

Describe 'Views of objects that kubectl shows too' {
    It 'have the columns of kubectl: <Type>' -ForEach @(
        @{ Type = 'Kubernetes.Objects.Pod'; Columns = 'NAMESPACE NAME READY STATUS RESTARTS AGE' }
        @{ Type = 'Kubernetes.Objects.PodEvent'; Columns = 'EVENT NAMESPACE NAME READY STATUS RESTARTS AGE' }
        @{ Type = 'Kubernetes.Configuration.KubeContext'; Columns = 'CURRENT NAME CLUSTER AUTHINFO NAMESPACE' }
        @{ Type = 'Cmdlets.Secrets.KubeSecret'; Columns = 'NAMESPACE NAME TYPE DATA AGE' }
    ) {
        $header = (Get-Lines ($samples[$Type] | Out-String -Width 400))[0].Trim() -replace '\s+', ' '
        $header | Should -BeLikeExactly "$Columns*"
    }

    It 'include the wide table of pods' {
        $lines = Get-Lines ($samples['Kubernetes.Objects.Pod'] | Format-Table -View wide | Out-String -Width 200)
        $lines[0].Trim() -replace '\s+', ' ' | Should -BeExactly 'NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE'
        $lines[2] | Should -Match '10\.128\.77\.201 ip-10-128-77-114'
    }

    It 'show the same table of pods as kubectl' {
        $namespace = New-TestNamespace orders, checkout-service-7d9f8c6b5d-x2x4z
        $theirs = kubectl get pods -n $namespace -o wide
        $ours = Get-Lines (Get-KubePod -n $namespace | Format-Table -View wide | Out-String -Width 300)
        $words = { param($line) ($line.Trim() -split '\s{1,}')[0..3] }
        $ours[2..3].ForEach{ (& $words ($_ -replace "^$namespace +")) -join ' ' } | Should -Be $theirs[1..2].ForEach{ (& $words $_) -join ' ' }
    }

    It 'count restarts as kubectl does' {
        (New-PodSample).RestartSummary | Should -Be '12 (3d4h ago)'
        (New-PodSample Running 0).RestartSummary | Should -Be '0'
    }

    It 'show the age of <Time> as <Text>' -ForEach @(
        @{ Time = '00:45:00'; Text = '45m' }
        @{ Time = '5.03:00:00'; Text = '5d3h' }
        @{ Time = '743.00:00:00'; Text = '2y13d' }
    ) {
        $lines = Get-Lines (New-PodSample -Age $Time | Out-String -Width 100)
        $lines[2] | Should -Match " $Text *$"
    }
}

Describe 'Objects from a job or a file' {
    It 'are displayed as before: <_>' -ForEach 'Kubernetes.Objects.Pod', 'Kubernetes.Objects.ObjectMetadata', 'Cmdlets.Secrets.KubeSecret', 'Annotations.PodInjection', 'Annotations.Finding', 'Leases.CredentialLease', 'Injection.InjectionResult' {
        $samples[$_] | Export-Clixml -Depth 3 $TestDrive/sample.xml
        $lines = { Get-Lines (($input | Out-String -Width 100) -replace '\d+(s|m\d+s)\b') }
        Import-Clixml $TestDrive/sample.xml | & $lines | Should -Be ($samples[$_] | & $lines)
    }
}

Describe 'Colors' {
    BeforeAll {
        $rendering = $PSStyle.OutputRendering
        function Get-Escapes([string] $Text) { [regex]::Matches($Text, "`e\[[\d;]*m").ForEach{ $_.Value } }
    }

    AfterEach { $PSStyle.OutputRendering = $rendering }

    It 'mark a state in a terminal: <State>' -ForEach @(
        @{ State = 'CrashLoopBackOff'; Color = { $PSStyle.Formatting.Error } }
        @{ State = 'Init:Error'; Color = { $PSStyle.Formatting.Error } }
        @{ State = 'Orphaned'; Color = { $PSStyle.Formatting.Error } }
        @{ State = 'Init:0/2'; Color = { $PSStyle.Formatting.Warning } }
        @{ State = 'Pending'; Color = { $PSStyle.Formatting.Warning } }
        @{ State = 'Running'; Color = { $PSStyle.Foreground.Green } }
    ) {
        $PSStyle.OutputRendering = 'Ansi'
        [KubeInject.Cmdlets.Views.StateColor]::Paint($State, $PSStyle) | Should -BeExactly "$(& $Color)$State$($PSStyle.Reset)"
    }

    It 'are not used for a neutral state' {
        $PSStyle.OutputRendering = 'Ansi'
        foreach ($state in 'NotRequested', 'Unchanged', '', $null) { [KubeInject.Cmdlets.Views.StateColor]::Paint($state, $PSStyle) | Should -BeExactly "$state" }
    }

    It 'are in a table in a terminal, with aligned columns' {
        $PSStyle.OutputRendering = 'Ansi'
        $colored = (New-PodSample), (New-PodSample Running 0) | Out-String -Width 100
        $PSStyle.OutputRendering = 'PlainText'
        $plain = (New-PodSample), (New-PodSample Running 0) | Out-String -Width 100
        $colored | Should -Match ([regex]::Escape("$($PSStyle.Formatting.Error)CrashLoopBackOff$($PSStyle.Reset)"))
        (Get-Lines ($colored -replace "`e\[[\d;]*m")).TrimEnd() | Should -Be (Get-Lines $plain).TrimEnd()
    }

    It 'are in no view of a plain-text session: <_>' -ForEach $types {
        $PSStyle.OutputRendering = 'PlainText'
        $sample = $samples[$_ -replace '^KubeInject\.']
        Get-Escapes ($sample | Format-Table | Out-String -Width 100) | Should -BeNullOrEmpty
        Get-Escapes ($sample | Format-List | Out-String -Width 100) | Should -BeNullOrEmpty
    }

    It 'are not in redirected output: <_>' -ForEach $types {
        $PSStyle.OutputRendering = 'Host'
        $sample = $samples[$_ -replace '^KubeInject\.']
        Get-Escapes ($sample | Format-Table | Out-String -Width 100) | Should -BeNullOrEmpty
        $sample | Format-Table | Out-File "$TestDrive/view.txt"
        Get-Escapes (Get-Content -Raw "$TestDrive/view.txt") | Should -BeNullOrEmpty
    }

    It 'are not sent to another program (<Name>)' -ForEach @(
        @{ Name = 'a pipe'; NoColor = $null }
        @{ Name = 'NO_COLOR'; NoColor = '1' }
    ) {
        $before = $env:NO_COLOR
        try {
            $env:NO_COLOR = $NoColor
            $text = Invoke-InNewProcess {
                Import-Module $args[0]
                'Expired', 'CrashLoopBackOff' | ForEach-Object { [KubeInject.Cmdlets.Views.StateColor]::Paint($_, $PSStyle) }
                (Get-Command Get-KubePod).OutputType[0].Type::Parse('{"metadata":{"name":"orders"},"status":{"phase":"Failed"}}') | Format-Table -HideTableHeaders
            } | Out-String
        }
        finally { $env:NO_COLOR = $before }
        $text | Should -Match 'CrashLoopBackOff'
        $text | Should -Match 'orders +0/0 +Failed'
        Get-Escapes $text | Should -BeNullOrEmpty
    }
}

Describe 'An object from a cluster' {
    BeforeAll {
        $connection = Get-KubeConnection
        $namespace = New-TestNamespace (New-Manifest orders), "apiVersion: v1`nkind: Secret`nmetadata: {name: orders}`n"
    }

    It 'contains the cluster: <Name>' -ForEach @(
        @{ Name = 'a pod'; Get = { Get-KubePod orders -n $namespace -Connection $connection } }
        @{ Name = 'pods of a list'; Get = { Get-KubePod -n $namespace -Connection $connection } }
        @{ Name = 'metadata'; Get = { Get-KubePod -n $namespace -MetadataOnly -Connection $connection } }
        @{ Name = 'metadata of one pod'; Get = { Get-KubePod orders -n $namespace -MetadataOnly -Connection $connection } }
        @{ Name = 'the pod of an event'; Get = { (Watch-KubePod -n $namespace -First 1 -Connection $connection).Pod } }
        @{ Name = 'a Secret'; Get = { Get-KubeSecret -n $namespace -Connection $connection } }
        @{ Name = 'the requests of pods'; Get = { Get-PodInjectionAnnotation -n $namespace -Connection $connection } }
        @{ Name = 'the requests of pods, in detail'; Get = { Get-PodInjectionAnnotation -n $namespace -Detailed -Connection $connection } }
        @{ Name = 'the request of a pod from the pipeline'; Get = { Get-KubePod -n $namespace -Connection $connection | Get-PodInjectionAnnotation } }
        @{ Name = 'findings of the requests of pods'; Get = { (Get-PodInjectionAnnotation -n $namespace -Connection $connection).Findings } }
        @{ Name = 'findings'; Get = { Test-PodInjectionAnnotation -n $namespace -Connection $connection } }
        @{ Name = 'a diagnosis'; Get = { Test-PodInjectionAnnotation -n $namespace -PassThru -Connection $connection } }
        @{ Name = 'a diagnosis of a workload'; Get = { Test-PodInjectionAnnotation -Workload pod/orders -Namespace $namespace -PassThru -Connection $connection } }
        @{ Name = 'an explanation'; Get = { Test-PodInjectionAnnotation -n $namespace -Explain -Connection $connection } }
        @{ Name = 'a lease, by its owner'; Get = { Get-CredentialLease $source -Connection $connection } }
    ) {
        $found = @(& $Get)
        $found.Count | Should -BeGreaterThan 0
        $found.ForEach('Server') | Select-Object -Unique | Should -Be $connection.Server
    }

    It 'contains no cluster if it comes from a manifest' {
        ($read, $diagnosis).Server | Should -Be $null, $null
    }

    It 'keeps the cluster in Export-Clixml' {
        Get-KubeSecret -n $namespace -Connection $connection | Export-Clixml $TestDrive/secret.xml
        (Import-Clixml $TestDrive/secret.xml).Server | Should -Be $connection.Server
    }
}
